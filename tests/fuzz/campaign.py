"""Many random documents through every property: ``python -m tests.fuzz.campaign --seconds 60``.

Prints how often each part ran; an input that breaks a property is saved under ``--findings``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from cleaner.config import load
from cleaner.settings import Config
from tests.fuzz import documents, properties
from tests.support import ROOT

FINDINGS = ROOT / "tests" / "fuzz" / "findings"
ENDINGS = ("txt", "md", "html", "jsonl", "-")
REPORT = 60  # seconds between two reports


@dataclass
class Campaign:
    """What is cut from, and what was seen.  ``case`` is the input in hand."""

    texts: list[str]
    pages: list[str]
    config: Config
    findings: Path
    tally: properties.Tally
    case: str | bytes = b""
    name: str = ""

    def text(self, rng: Random) -> None:
        """Plain text through all stages; three in ten once more, as clean text."""
        self.case = text = documents.text(self.texts, rng)
        clean = properties.check_text(text, self.config, self.tally)
        if rng.random() < 0.3:
            changed = self.tally.changed
            properties.check_again(clean, self.config, self.tally)
            if self.tally.changed > changed:
                self.save("again")

    def bytes(self, rng: Random) -> None:
        """Bytes under any name, through reader and stages."""
        name, self.case = self._file(rng)
        properties.check_bytes(self.case, name, self.config, self.tally)

    def read(self, rng: Random) -> None:
        """Bytes under any name, through the reader alone."""
        name, self.case = self._file(rng)
        properties.check_read(self.case, name, self.config, self.tally)

    def decode(self, rng: Random) -> None:
        """Bytes to text."""
        self.case = documents.data(documents.text(self.texts, rng), rng)
        properties.check_decode(self.case, self.tally)

    def table(self, rng: Random) -> None:
        """Cells to a table and back."""
        text = documents.text(self.texts, rng)
        cells = text.split(rng.choice((" ", "\n", "|")))[:40]
        width = rng.randint(1, 6)
        self.case = repr(cells)
        rows = [tuple(cells[i : i + width]) for i in range(0, len(cells), width)]
        properties.check_table(tuple(rows), self.tally)

    def _file(self, rng: Random) -> tuple[str, bytes]:
        name = f"x.{rng.choice(ENDINGS)}"
        if name == "x.html" or rng.random() < 0.3:
            whole = documents.page(self.pages, self.texts, rng)
        else:
            whole = documents.text(self.texts, rng)
        if name == "x.jsonl":
            field = rng.choice(("text", "html"))
            parts = enumerate(whole.split("\n\n"))
            whole = "".join(json.dumps({"id": str(number), field: part}) + "\n" for number, part in parts)
        return name, documents.data(whole, rng)

    def save(self, what: str) -> None:
        """Keep the input in hand."""
        data = self.case if isinstance(self.case, bytes) else self.case.encode("utf-8", "surrogatepass")
        ending = "bin" if isinstance(self.case, bytes) else "txt"
        (self.findings / f"{what}-{self.name}.{ending}").write_bytes(data)


KINDS: dict[str, Callable[[Campaign, Random], None]] = {
    "text": Campaign.text,
    "bytes": Campaign.bytes,
    "read": Campaign.read,
    "decode": Campaign.decode,
    "table": Campaign.table,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=["text", "text", "bytes"])
    parser.add_argument("--material", type=Path, nargs="*", default=[], help="folders of more texts and pages")
    parser.add_argument("--findings", type=Path, default=FINDINGS)
    arguments = parser.parse_args()
    texts, pages = documents.material(arguments.material)
    campaign = Campaign(texts, pages, load().config, arguments.findings, properties.Tally())
    number = failures = 0
    began = said = time.monotonic()
    while (now := time.monotonic()) < began + arguments.seconds:
        number += 1
        campaign.name = f"{arguments.seed}-{number}"
        rng = Random(campaign.name)
        try:
            KINDS[rng.choice(arguments.kinds)](campaign, rng)
        except Exception:
            failures += 1
            campaign.save("fail")
            print(f"--- fail-{campaign.name}\n{traceback.format_exc(limit=-4)}", flush=True)
        if now - said > REPORT:
            said = now
            report(campaign.tally, failures)
    report(campaign.tally, failures)
    sys.exit(failures > 0)


def report(tally: properties.Tally, failures: int) -> None:
    found = {
        "executions": sum(tally.runs.values()),
        **tally.runs,
        "failures": failures,
        "recleaned": tally.recleaned,
        "changed": tally.changed,
        "slowest": round(tally.slowest, 2),
    }
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
