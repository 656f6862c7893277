"""A headless Chromium for tests, driven through chromedriver's HTTP interface (the W3C WebDriver protocol).

Needs `chromium` and `chromedriver` on the PATH (Debian: ``apt-get install chromium chromium-driver``).
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --force-device-scale-factor=1"
).split()


class Browser:
    """One session; a context manager."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        assert DRIVER is not None
        self._log = (profile / "driver.log").open("w+b")
        self._process = subprocess.Popen([DRIVER, "--port=0"], stdout=self._log, stderr=subprocess.STDOUT)
        self._base = f"http://127.0.0.1:{self._port(profile / 'driver.log')}"
        options = {
            "binary": CHROMIUM,
            "args": [*FLAGS, f"--user-data-dir={profile / 'data'}", "--window-size=1280,900"],
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}, "pageLoadStrategy": "normal"}
        session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{session['sessionId']}"

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._ask("DELETE", self._session)
        finally:
            self._process.terminate()
            self._process.wait(10)
            self._log.close()

    def open(self, path: Path, part: str = "") -> float:
        """Load a file (`part` is what stands behind the #) and return the seconds until its load event ended."""
        self.log()
        self._ask("POST", f"{self._session}/url", {"url": "about:blank"})
        self._ask("POST", f"{self._session}/url", {"url": path.resolve().as_uri() + (f"#{part}" if part else "")})
        return float(self.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")) / 1000

    def run(self, script: str, *arguments: object) -> Any:
        """The value of a script in the page."""
        return self._ask("POST", f"{self._session}/execute/sync", {"script": script, "args": list(arguments)})

    def text(self) -> str:
        """What the page's main part shows."""
        return str(self.run("return document.getElementById('main').innerText"))

    def keys(self, keys: str) -> None:
        """Press keys, one after another."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        body = {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}
        self._ask("POST", f"{self._session}/actions", body)

    def log(self) -> list[str]:
        """Console messages and errors since the last call."""
        return [entry["message"] for entry in self._ask("POST", f"{self._session}/se/log", {"type": "browser"})]

    def look(self, width: int, height: int, scheme: str = "light") -> None:
        """Size of the window and the system's colour scheme."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._command("Emulation.setDeviceMetricsOverride", metrics)
        self._command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def screenshot(self) -> bytes:
        """The window as PNG."""
        return base64.b64decode(self._ask("GET", f"{self._session}/screenshot"))

    def _command(self, name: str, parameters: dict[str, Any]) -> Any:
        return self._ask("POST", f"{self._session}/goog/cdp/execute", {"cmd": name, "params": parameters})

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else b"{}" if method == "POST" else None
        request = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:2000]) from None

    def _port(self, log: Path) -> int:
        for _ in range(200):
            started = log.read_text(encoding="utf-8", errors="replace").partition("started successfully on port ")[2]
            if started:
                return int(started.split(".")[0])
            time.sleep(0.05)
        raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))
