"""The words of a text, folded, so that spellings of one word are equal.

In Chinese, Japanese and Korean, whose words are not told apart by spaces alone, a run of letters counts as one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from functools import lru_cache

Words = tuple[str, ...]

_RUN = "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
UNSPACED = re.compile(f"[{_RUN}]")  # Han, kana, Hangul
FIRST_UNSPACED = "\u3005"
_TOKEN = re.compile(rf"[{_RUN}]+|[^\W_{_RUN}]+")
_ASCII_WORDS = "".join(chr(i).lower() if chr(i).isalnum() and i < 128 else " " for i in range(256)).encode("latin-1")
_BETWEEN = "\0"  # texts that are read together
_WORDS_OF_EACH = bytes(i if i == ord(_BETWEEN) or i > 127 else _ASCII_WORDS[i] for i in range(256))
_NO_DIGITS = bytes(i for i in range(256) if i != ord(_BETWEEN) and not 48 <= i < 58)
_TYPOGRAPHY = "’“”‘–—…\u00a0•·»«©"
# Of Latin, Greek and Cyrillic letters; of Arabic ones the vowel signs, hamzas and the stretching line.
_MARKS = "\u0300-\u036f\u0640\u064b-\u0655\u0670"
_ACCENT = re.compile(f"[{_MARKS}]")
_FOREIGN = re.compile(rf"[^\W\x00-\x7f]|[{_MARKS}]")  # what ASCII cannot stand for in a word
TITLE_SEPARATOR = re.compile(r"(?<!\s)\s+[-–—|·•»«>:]+\s+")
"""What parts a title from the name of its site or section ("Bread rises | The Daily")."""
_DIGIT = re.compile(r"\d")
_COUNT = re.compile(r"\d+[km]?")
_NUMBERED = re.compile(r"\d+[.)]\s")
_NEITHER = re.compile(r"[\W_]+")
_NEITHER_ASCII = bytes(i for i in range(128) if not chr(i).isalnum())
_LOWER = bytes(range(256)).lower()
_BLANK_PRINTABLE = bytes(1 if i == 0x0B else i if i > 126 or i < 32 else 32 for i in range(256))


def fold(text: str) -> str:
    """Case-folded, without Latin, Greek, Cyrillic and Arabic accents, and with a dot on every i; the rest stays."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    folded = folded.replace("ı", "i")
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", folded)))


def words_of(text: str) -> Words:
    """The folded words of a text, without counts ("12", "3k").

    A numbered line ("2. Comments") keeps its number: it is a section of the article.
    """
    tokens = _tokens(text)
    return _without_counts(text, tokens) if _DIGIT.search(text) else tuple(tokens)


def words_of_each(texts: Sequence[str]) -> list[Words]:
    """:func:`words_of` of each text, in a fraction of the time."""
    return [words for words, _ in words_and_scripts(texts)]


def words_and_scripts(texts: Sequence[str]) -> list[tuple[Words, bool]]:
    """The words of each text, and whether all their letters are ASCII."""
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) >= len(texts):  # a text has the mark itself
        return [(words, "".join(words).isascii()) for words in map(words_of, texts)]
    if joined.isascii() or not _FOREIGN.search(odd_runs(joined)):
        together = joined.encode("ascii", "replace")
    else:
        together = _BETWEEN.join(_folded(joined)).encode()
    lines = together.translate(_WORDS_OF_EACH).decode().split(_BETWEEN)
    digits = together.translate(None, _NO_DIGITS).split(_BETWEEN.encode())
    read = []
    for text, line, digit in zip(texts, lines, digits, strict=True):
        is_ascii, tokens = line.isascii(), line.split()
        may_count = digit or not is_ascii  # in digits of another script
        read.append((_without_counts(text, tokens) if may_count else tuple(tokens), is_ascii))
    return read


def _folded(joined: str) -> list[str]:
    """The lines of some texts read together; of those with letters beyond ASCII the folded words."""
    lines = _plain(joined).split(_BETWEEN)
    foreign = [number for number, line in enumerate(lines) if not line.isascii()]
    folded = fold(_BETWEEN.join([lines[number] for number in foreign])).split(_BETWEEN)
    for number, line in zip(foreign, folded, strict=False):  # none gives one empty text
        lines[number] = line if line.isascii() else " ".join(_TOKEN.findall(line))
    return lines


def _without_counts(text: str, tokens: list[str]) -> Words:
    """The words of a text with digits in it."""
    if text[0].isdigit() and _NUMBERED.match(text):
        return tuple(tokens)
    return tuple([token for token in tokens if not (token[0].isdigit() and _COUNT.fullmatch(token))])


def _tokens(text: str) -> list[str]:
    if not text.isascii():
        text = _plain(text)
        if not text.isascii():
            return _TOKEN.findall(fold(text))
    return text.encode().translate(_ASCII_WORDS).decode().split()  # some times as fast as a regular expression


def _plain(text: str) -> str:
    """Without the marks that are often all in a text that is not ASCII."""
    for mark in _TYPOGRAPHY:
        text = text.replace(mark, " ")
    return text


def odd_runs(text: str) -> str:
    """The characters of a text that are neither printable ASCII nor ASCII white space, each run of them between spaces.

    What stands beside what is still to be seen in it, but for ASCII.  Most texts have little of it, so
    whatever asks for such characters alone had better ask this.  (A vertical tab is shown as U+0001.)
    """
    runs = text.encode("utf-8", "surrogatepass").translate(_BLANK_PRINTABLE).split()
    return f" {b' '.join(runs).decode('utf-8', 'surrogatepass')} " if runs else ""


def unspaced(text: str) -> int:
    """How many letters of a text are Han, kana or Hangul."""
    return 0 if text.isascii() else len(UNSPACED.findall(text))


def word_count(text: str) -> int:
    """How many words a text has; of letters that are written without spaces, two make a word."""
    return len(text.split()) + unspaced(text) // 2


def rest_after(text: str, count: int) -> str:
    """What stands in ``text`` after its first ``count`` words (as :func:`words_of` counts them)."""
    for token in _marked_token().finditer(text):
        if not _COUNT.fullmatch(token.group().casefold()):
            count -= 1
            if count == 0:
                return text[token.end() :]
    return ""


def squeeze(text: str) -> str:
    """Letters and digits only, case folded: two ways to write one name or title are the same so."""
    if text.isascii():
        return text.encode().translate(_LOWER, _NEITHER_ASCII).decode()  # some times as fast
    return _NEITHER.sub("", text.casefold())


def beginning(texts: Sequence[str], letters: Container[str]) -> list[int]:
    """Which of some texts, none empty, :func:`squeeze` may make into what begins with one of these letters.

    A quick look, as most begin otherwise.
    """
    firsts = {text[0] for text in texts}
    possible = {first for first in firsts if not first.isalnum() or first.casefold()[0] in letters}
    return [at for at, text in enumerate(texts) if text[0] in possible]


@lru_cache(maxsize=1)
def _marked_token() -> re.Pattern[str]:
    """A word before folding.  Compiled when it is first needed: that takes longer than all others here together."""
    return re.compile(rf"[{_RUN}]+|[^\W_{_RUN}](?:[^\W_{_RUN}]|[{_MARKS}])*")
