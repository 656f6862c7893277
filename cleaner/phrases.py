"""The phrase lists of ``config/phrases/*.toml``, compiled for one pass over a line's words.

A list is named by its concept.  What an entry must match follows from the name's ending:

- no ending: the whole line (``share = ["share this article"]``);
- ``_prefix``: the line's first words (``byline_prefix = ["written by"]``);
- ``_sentence``: words anywhere in a short paragraph (``cookies_sentence = ["we use cookies"]``);
- ``_clue``: words anywhere, asked for by one detector only (``role_clue = ["journalist"]``).

Entries and lines are compared by their folded words: case, accents, punctuation, arrows and
counts do not matter, so "12 Comments »", "COMMENTS (3)" and "comments" are one.  In Chinese,
Japanese and Korean, whose words are not told apart by spaces alone, a run of letters counts as
one word, and a ``_sentence`` or ``_clue`` may stand inside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cleaner.settings import Config, Phrases

Words = tuple[str, ...]

_RUN = "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_UNSPACED = re.compile(f"[{_RUN}]")  # Han, kana, Hangul
_TOKEN = re.compile(rf"[{_RUN}]+|[^\W_{_RUN}]+")
# Of Latin, Greek and Cyrillic letters; of Arabic ones the vowel signs, hamzas and the stretching line.
_MARKS = "\u0300-\u036f\u0640\u064b-\u0655\u0670"
_ACCENT = re.compile(f"[{_MARKS}]")
_MARKED_TOKEN = re.compile(rf"[{_RUN}]+|[^\W_{_RUN}](?:[^\W_{_RUN}]|[{_MARKS}])*")  # before folding
_DIGIT = re.compile(r"\d")
_COUNT = re.compile(r"\d+[km]?")
_NUMBERED = re.compile(r"\d+[.)]\s")
_NONE: frozenset[str] = frozenset()


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
    tokens = _TOKEN.findall(fold(text))
    if text[:1].isdigit() and _NUMBERED.match(text):
        return tuple(tokens)
    if _DIGIT.search(text):
        tokens = [token for token in tokens if not _COUNT.fullmatch(token)]
    return tuple(tokens)


def unspaced(text: str) -> int:
    """How many letters of a text are Han, kana or Hangul."""
    return 0 if text.isascii() else len(_UNSPACED.findall(text))


def word_count(text: str) -> int:
    """How many words a text has; of letters that are written without spaces, two make a word."""
    return len(text.split()) + unspaced(text) // 2


def rest_after(text: str, count: int) -> str:
    """What stands in ``text`` after its first ``count`` words (as :func:`words_of` counts them)."""
    for token in _MARKED_TOKEN.finditer(text):
        if not _COUNT.fullmatch(token.group().casefold()):
            count -= 1
            if count == 0:
                return text[token.end() :]
    return ""


_Index = Mapping[str, tuple[tuple[Words, str], ...]]
"""First word of a phrase -> the phrases that begin with it and their concepts, longest first.

Under "" are the phrases that may stand inside a run of unspaced letters.
"""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Immutable view of the lists; made by :func:`lexicon`."""

    _lines: Mapping[str, frozenset[str]]
    _prefixes: _Index
    _sentences: _Index
    _clues: _Index
    _vocabularies: Mapping[str, frozenset[str]]
    _openers: frozenset[str]
    _longest: int

    def line(self, words: Words) -> frozenset[str]:
        """The concepts that list exactly this line."""
        return self._lines.get(" ".join(words), _NONE) if len(words) <= self._longest else _NONE

    def prefix(self, words: Words, concept: str) -> int:
        """How many of the first words are the longest entry of ``<concept>_prefix``; 0 for none."""
        for phrase, name in self._prefixes.get(words[0], ()) if words else ():
            if name == concept and words[: len(phrase)] == phrase:
                return len(phrase)
        return 0

    def sentences(self, words: Words) -> frozenset[str]:
        """The concepts of which a ``_sentence`` entry occurs among the words."""
        return frozenset(concept for _, concept, _ in _occurrences(self._sentences, words))

    def clues(self, words: Words) -> list[tuple[str, int, int]]:
        """Every ``_clue`` entry among the words: its concept, first word and end."""
        return [(concept, i, i + size) for i, concept, size in _occurrences(self._clues, words)]

    def vocabulary(self, name: str) -> frozenset[str]:
        """Every single word of the list ``name`` (with its ending), in all languages."""
        return self._vocabularies.get(name, _NONE)

    def cover(self, words: Words, concepts: Iterable[str]) -> list[frozenset[str]]:
        """Cut the words into whole-line entries of ``concepts``; empty if they cannot be cut so.

        Longest entry first, without going back: "share on facebook twitter email" gives three.
        """
        wanted = frozenset(concepts)
        pieces: list[frozenset[str]] = []
        at = 0
        while at < len(words):
            if words[at] not in self._openers:
                return []
            for size in range(min(self._longest, len(words) - at), 0, -1):
                hit = self._lines.get(" ".join(words[at : at + size]), _NONE) & wanted
                if hit:
                    pieces.append(hit)
                    at += size
                    break
            else:
                return []
        return pieces


def _occurrences(index: _Index, words: Words) -> Iterable[tuple[int, str, int]]:
    for i, word in enumerate(words):
        for phrase, concept in index.get(word, ()):
            if words[i : i + len(phrase)] == phrase:
                yield i, concept, len(phrase)
    joined = " ".join(words)
    if not joined.isascii() and _UNSPACED.search(joined):
        for phrase, concept in index.get("", ()):
            at = joined.find(" ".join(phrase))
            if at >= 0:
                yield joined.count(" ", 0, at), concept, len(phrase)


def lexicon(config: Config) -> Lexicon:
    """The compiled lists of the languages that ``config.languages`` names (all if it names none)."""
    return _compile(config.phrases, config.languages)


@lru_cache(maxsize=8)
def _compile(phrases: tuple[Phrases, ...], languages: tuple[str, ...]) -> Lexicon:
    lists = [item for one in phrases if not languages or one.language in languages for item in one.lists]
    lines: dict[str, set[str]] = {}
    indexes: dict[str, dict[str, set[tuple[Words, str]]]] = {"prefix": {}, "sentence": {}, "clue": {}}
    vocabularies: dict[str, set[str]] = {}
    longest = 0
    for name, entries in lists:
        concept, _, ending = name.rpartition("_")
        for entry in entries:
            words = words_of(entry)
            if not words:
                continue
            vocabularies.setdefault(name, set()).update(words)
            if ending in indexes:
                inside = ending != "prefix" and len(entry) > 1 and _UNSPACED.search(entry)
                indexes[ending].setdefault("" if inside else words[0], set()).add((words, concept))
            else:
                lines.setdefault(" ".join(words), set()).add(name)
                longest = max(longest, len(words))
    return Lexicon(
        {line: frozenset(concepts) for line, concepts in lines.items()},
        _sorted(indexes["prefix"]),
        _sorted(indexes["sentence"]),
        _sorted(indexes["clue"]),
        {name: frozenset(words) for name, words in vocabularies.items()},
        frozenset(line.partition(" ")[0] for line in lines),
        longest,
    )


def _sorted(index: Mapping[str, set[tuple[Words, str]]]) -> _Index:
    def longest_first(item: tuple[Words, str]) -> tuple[int, Sequence[str], str]:
        return -len(item[0]), item[0], item[1]

    return {word: tuple(sorted(entries, key=longest_first)) for word, entries in index.items()}
