"""What is shipped, and that the files which name the same things agree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from cleaner.cli import cli

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
IMPORT_NAMES = {
    "beautifulsoup4": "bs4",
    "charset-normalizer": "charset_normalizer",
}  # where it is not the distribution's name


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w-]+", requirement)[0] for requirement in requirements}  # type: ignore[index]


def locked(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")


def pinned(lock: str) -> set[str]:
    return set(re.findall(r"^([\w.-]+)==", locked(lock), re.MULTILINE))


RUNTIME = names(PROJECT["project"]["dependencies"])
EXTRAS = names([item for extra in PROJECT["project"]["optional-dependencies"].values() for item in extra]) - {
    "article-cleaner"
}
BEHIND_FSSPEC = {"aiohttp", "gcsfs", "huggingface-hub", "s3fs"}
"""Extras that fsspec imports, and not this package."""
GROUPS = {group: names(items) for group, items in PROJECT["dependency-groups"].items()}
DEVELOPMENT = GROUPS["build"] | GROUPS["dev"]
BESIDE = GROUPS["bench"] | GROUPS["cluster"] | GROUPS["consumers"] | GROUPS["dolma"]


def imported(node: ast.AST) -> set[str]:
    """Top-level names of the modules imported anywhere below ``node``, but for type checking."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return set()
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {str(node.module).partition(".")[0]}
    return {name for child in ast.iter_child_nodes(node) for name in imported(child)}


def test_declared_dependencies_are_those_imported() -> None:
    modules = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "cleaner").rglob("*.py")]
    third_party = {name for module in modules for name in imported(module)} - sys.stdlib_module_names - {"cleaner"}
    assert third_party == {IMPORT_NAMES.get(name, name) for name in RUNTIME | EXTRAS - BEHIND_FSSPEC}


def test_one_extra_brings_all() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    (everything,) = extras["all"]
    named = set(re.search(r"\[(.*)\]", everything)[1].split(","))  # type: ignore[index]
    assert {item for extra in named for item in extras[extra]} == {
        item
        for extra in set(extras) - {"all", "ray"}
        for item in extras[extra]  # Ray alone is 260 MB
    }


LOCKED = {
    "runtime": RUNTIME | names(PROJECT["project"]["optional-dependencies"]["fast"]),
    "dev": RUNTIME | DEVELOPMENT,
    "bench": RUNTIME | GROUPS["bench"],
    "cluster": RUNTIME | GROUPS["cluster"] | {"ray", "s3fs"},
}
"""Lock file -> what it must pin, directly or not."""


@pytest.mark.parametrize("lock", LOCKED)
def test_a_lock_pins_all_dependencies_with_hashes(lock: str) -> None:
    assert pinned(lock) >= LOCKED[lock]
    entries = re.split(r"\n(?=[a-z])", locked(lock))[1:]
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("lock", LOCKED)
def test_all_locks_pin_the_same_versions(lock: str) -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==[^;\s]+(?: ; [^\\\n]*)?", locked(lock), re.MULTILINE))

    assert pins("runtime") <= pins(lock)


def test_every_dependency_is_explained() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| \[([\w-]+)\]", text, re.MULTILINE)) == RUNTIME | EXTRAS | DEVELOPMENT | BESIDE


def test_the_readme_opens_with_the_two_commands_and_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"make\b.*\nmake test\b", text[:1200])
    for name in cli.commands:
        assert f"cleaner {name}" in text, name


def test_ci_runs_the_readmes_test_command() -> None:
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_makefile_helps() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = set(re.findall(r"^make ([\w-]+)", done.stdout, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    assert targets == set(phony[1].split())


def test_relative_links_of_the_documents_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_the_package_and_its_settings(wheel: zipfile.ZipFile) -> None:
    held = set(wheel.namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "cleaner").rglob("*.py")}
    assert modules <= held
    assert "cleaner/py.typed" in held
    assets = {path.relative_to(ROOT).as_posix() for path in (ROOT / "cleaner" / "report" / "assets").iterdir()}
    assert assets <= held
    shipped = {path.relative_to(ROOT / "config").as_posix() for path in (ROOT / "config").rglob("*.toml")}
    assert {f"cleaner/defaults/{name}" for name in shipped} <= held
    assert not any(name.startswith(("tests/", "raw/", "clean/")) for name in held)


def test_the_wheel_brings_the_manual_and_the_settings_schema(wheel: zipfile.ZipFile) -> None:
    held = set(wheel.namelist())
    assert any(name.endswith("share/man/man1/cleaner.1") for name in held)
    assert "cleaner/defaults/cleaner.schema.json" in held


def test_the_sdist_has_all_that_is_needed_to_build_and_test(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        "cleaner/cli.py",
        "config/cleaner.toml",
        "docs/cleaner.1",
        "tests/test_packaging.py",
        "Makefile",
        "LICENSE",
    }
    assert wanted <= held
    assert not any(name.startswith(("clean/documents", ".venv")) for name in held)


def test_the_image_gets_what_the_build_reads() -> None:
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    ignored = (ROOT / ".dockerignore").read_text("utf-8")
    assert all((ROOT / name).exists() and f"!{name}\n" in ignored for name in names)
    assert {"cleaner", "config", "pyproject.toml"} <= names


def test_what_the_image_runs_is_there() -> None:
    """The image is not built here; this holds its instructions against what they use."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    programs = {part.split()[0] for run in re.findall(r"^RUN (.*)$", text, re.MULTILINE) for part in run.split("&&")}
    assert programs == {"python", "/opt/cleaner/bin/pip", "useradd"}
    assert "hatchling" in pinned("runtime")  # for --no-build-isolation
    assert {PROJECT["project"]["readme"], "LICENSE"} <= set(
        " ".join(re.findall(r"^COPY (.*)$", text, re.MULTILINE)).split()
    )
    assert re.search(r'^ENTRYPOINT \["(\w+)"\]$', text, re.MULTILINE)[1] in PROJECT["project"]["scripts"]  # type: ignore[index]
    version = re.search(r"^FROM python:([\d.]+)-slim$", text, re.MULTILINE)[1]  # type: ignore[index]
    assert tuple(map(int, version.split("."))) >= (3, 11)
    from click.testing import CliRunner

    from cleaner.cli import cli

    ((_, example),) = re.findall(r"^# docker build .*docker run .* (cleaner) (.*)$", text, re.MULTILINE)
    assert CliRunner().invoke(cli, [*example.split(), "--help"]).exit_code == 0


def test_every_entry_of_the_changelog_says_whether_output_changes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    for entry in re.split(r"^- ", text, flags=re.MULTILINE)[1:]:
        assert re.search(r"Changes output: (yes|no)\b", " ".join(entry.split())), entry


def test_the_unpacked_wheel_runs_from_any_folder(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    here = tmp_path / "elsewhere"
    here.mkdir()
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); from cleaner.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, "config", "show"], cwd=here, capture_output=True, text=True, check=True
    )
    assert 'favor = "balanced"' in done.stdout
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, "rules", "test"], cwd=here, capture_output=True, text=True, check=True
    )
    assert "2 of 2 cases in 1 file of site rules right." in done.stderr
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, "config", "schema"], cwd=here, capture_output=True, text=True, check=True
    )
    assert '"additionalProperties": false' in done.stdout
