"""No regular expression of ours takes more than linear time, whatever it is given.

Every compiled pattern that a module of the package holds is tried on strings of 100 kB: one
character or a few over and over, and for each repetition in the pattern what it repeats, over and
over, behind what must stand before it, with an end that makes the match fail.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Iterator
from time import process_time
from typing import Any

import pytest

import cleaner
from cleaner.config import load
from cleaner.phrases import lexicon
from tests.support import ROOT

SIZE = 100_000
SECONDS = 1.0
"""Processor time for 100 kB: linear patterns take a few milliseconds, quadratic ones many seconds."""
ENDS = ("\x00", "!", "\n")
COMMON = (
    *" \t\n\u00a0aA1.,;:-–_/|#*>&<=`'\"([{@é中",
    "a ",
    "A ",
    "Aa ",
    "a1",
    "1 ",
    "1.",
    " .",
    ". ",
    "| ",
    "- ",
    "a-",
    "a.",
    "a@",
    "<a",
    "<a ",
    "&a",
    "&#",
    " \n",
    "\t ",
    "\\|",
    "a,",
    "http://a",
)


def modules() -> Iterator[Any]:
    yield cleaner
    for info in pkgutil.walk_packages(cleaner.__path__, "cleaner."):
        if not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


def patterns_in(value: object, name: str, depth: int = 0) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif depth < 6:
        inner: Iterable[object] = ()
        if isinstance(value, dict):
            inner = list(value.values())
        elif isinstance(value, list | tuple | set | frozenset):
            inner = list(value)
        elif type(value).__module__.startswith("cleaner") and hasattr(type(value), "__slots__"):
            inner = [getattr(value, slot, None) for slot in type(value).__slots__]
        for item in inner:
            yield from patterns_in(item, name, depth + 1)


def collect() -> dict[str, tuple[re.Pattern[Any], str]]:
    """All patterns by name, and how they are used: ``search``, or only from the start (``match``)."""
    sources = {path: path.read_text("utf-8") for path in sorted((ROOT / "cleaner").rglob("*.py"))}
    found: dict[str, tuple[re.Pattern[Any], str]] = {}
    seen: set[int] = set()
    values = [(f"{m.__name__}.{name}", value) for m in modules() for name, value in sorted(vars(m).items())]
    values.append(("lexicon", lexicon(load().config)))
    for place, value in values:
        for name, pattern in patterns_in(value, place):
            if id(pattern) in seen:
                continue
            seen.add(id(pattern))
            leaf = name.rpartition(".")[2]
            home = ROOT / name.rpartition(".")[0].replace(".", "/")
            own = (home.with_suffix(".py"), home / "__init__.py")
            imports = re.compile(rf"import .*\b{leaf}\b")
            source = "\n".join(text for path, text in sources.items() if path in own or imports.search(text))
            used = set(re.findall(rf"\b{leaf}\.(\w+)", source))
            anchored = used and used <= {"match", "fullmatch"} and not re.search(rf"[(,=] ?{leaf}\b[,)\]]", source)
            found[f"{name}-{len(found)}"] = pattern, "match" if anchored else "search"
    return found


def sample(items: Any) -> str:
    """A string that a parsed pattern could match (or nearly)."""
    return "".join(_one(code, value) for code, value in items)


def _one(code: Any, value: Any) -> str:
    match code:
        case codes.LITERAL:
            return chr(value)
        case codes.NOT_LITERAL:
            return "a" if value != ord("a") else "b"
        case codes.ANY:
            return "a"
        case codes.IN:
            return _member(value)
        case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
            return sample(value[2]) * max(1, value[0])
        case codes.SUBPATTERN:
            return sample(value[3])
        case codes.ATOMIC_GROUP:
            return sample(value)
        case codes.BRANCH:
            return sample(value[1][0])
    return ""


def _member(items: Any) -> str:
    categories = {codes.CATEGORY_DIGIT: "1", codes.CATEGORY_SPACE: " ", codes.CATEGORY_WORD: "a"}
    code, value = items[0]
    if code is codes.NEGATE:
        taken = {chr(v) for c, v in items if c is codes.LITERAL}
        spaces = any(c is codes.CATEGORY and v is codes.CATEGORY_SPACE for c, v in items)
        return next(c for c in "a b1.-|\x01" if c not in taken and not (spaces and c == " "))
    if code is codes.RANGE:
        return chr(value[0])
    if code is codes.CATEGORY:
        return categories.get(value, "-")
    return chr(value)


def pumps(items: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """``(prefix, repeated)`` for each repetition in a parsed pattern, the inner ones too."""
    for code, value in items:
        match code:
            case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
                if value[1] > 8:
                    yield before, sample(value[2])
                yield from pumps(value[2], before)
            case codes.SUBPATTERN:
                yield from pumps(value[3], before)
            case codes.BRANCH:
                for branch in value[1]:
                    yield from pumps(branch, before)
        before += _one(code, value)


def attacks(pattern: re.Pattern[Any]) -> set[tuple[str, str]]:
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    found = {("", unit) for unit in COMMON}
    for prefix, unit in list(pumps(parser.parse(text, pattern.flags & ~re.DEBUG)))[:60]:
        if unit:
            found |= {(prefix, unit), ("", prefix + unit)}
    return found


PATTERNS = collect()


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 80
    assert any(name.startswith("cleaner.stages.chrome") for name in PATTERNS)


@pytest.mark.parametrize("name", PATTERNS)
def test_linear_time(name: str) -> None:
    pattern, how = PATTERNS[name]
    use = getattr(pattern, how)
    for prefix, unit in attacks(pattern):
        for size in (SIZE // 20, SIZE):
            whole = prefix + unit * (size // len(unit))
            for end in ENDS if size < SIZE else ENDS[:1]:
                text = whole + end
                data: Any = text if isinstance(pattern.pattern, str) else text.encode("utf-8")
                began = process_time()
                found = use(data)
                if how == "search" and found and found.end():  # as finditer, sub and split go on behind a match
                    pattern.search(data, found.end())
                taken = process_time() - began
                assert taken < SECONDS * (size / SIZE), f"{taken:.2f} s for {prefix!r} + {unit!r} * {size // len(unit)}"
