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
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from cleaner.language import STOP_WORDS
from cleaner.settings import Config, Phrases, SiteRules

Words = tuple[str, ...]

_RUN = "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_UNSPACED = re.compile(f"[{_RUN}]")  # Han, kana, Hangul
_FIRST_UNSPACED = "\u3005"
_TOKEN = re.compile(rf"[{_RUN}]+|[^\W_{_RUN}]+")
_ASCII_WORDS = "".join(chr(i).lower() if chr(i).isalnum() and i < 128 else " " for i in range(256)).encode("latin-1")
_BETWEEN = "\0"  # texts that are read together
_WORDS_OF_EACH = bytes(i if i == ord(_BETWEEN) or i > 127 else _ASCII_WORDS[i] for i in range(256))
_TYPOGRAPHY = "’“”‘–—…\u00a0•·»«©"
# Of Latin, Greek and Cyrillic letters; of Arabic ones the vowel signs, hamzas and the stretching line.
_MARKS = "\u0300-\u036f\u0640\u064b-\u0655\u0670"
_ACCENT = re.compile(f"[{_MARKS}]")
_MARKED_TOKEN = re.compile(rf"[{_RUN}]+|[^\W_{_RUN}](?:[^\W_{_RUN}]|[{_MARKS}])*")  # before folding
_DIGIT = re.compile(r"\d")
_COUNT = re.compile(r"\d+[km]?")
_NUMBERED = re.compile(r"\d+[.)]\s")
_NONE: frozenset[str] = frozenset()
_NO_PREFIX: Mapping[str, int] = MappingProxyType({})
_UNOPENED: tuple[frozenset[str], tuple[int, ...]] = (_NONE, ())


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
    return [words for words, _ in _tell_apart(texts)]


def _tell_apart(texts: Sequence[str]) -> list[tuple[Words, bool]]:
    """The words of each text, and whether all their letters are ASCII."""
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) >= len(texts):  # a text has the mark itself
        return [(words, "".join(words).isascii()) for words in map(words_of, texts)]
    if not joined.isascii():
        lines = _plain(joined).split(_BETWEEN)
        foreign = [number for number, line in enumerate(lines) if not line.isascii()]
        folded = fold(_BETWEEN.join([lines[number] for number in foreign])).split(_BETWEEN)
        for number, line in zip(foreign, folded, strict=False):  # none gives one empty text
            lines[number] = line if line.isascii() else " ".join(_TOKEN.findall(line))
        joined = _BETWEEN.join(lines)
    lines = joined.encode().translate(_WORDS_OF_EACH).decode().split(_BETWEEN)
    has_digit = _DIGIT.search
    return [
        (_without_counts(text, line.split()) if has_digit(text) else tuple(line.split()), line.isascii())
        for text, line in zip(texts, lines, strict=True)
    ]


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
"""First word of a phrase -> the phrases that begin with it and their concepts, longest first."""
_Anchors = Mapping[str, tuple[tuple[str, str], ...]]
"""The rarest word of a phrase -> the phrases with it, a space around each, and their concepts."""
_Inside = tuple[tuple[str, str], ...]
"""Phrases that may stand inside a run of unspaced letters, and their concepts."""


class Reading(NamedTuple):
    """What the lists say of a line's words.

    ``concepts`` list the whole line, ``prefixes`` its first words (with the size of the longest
    entry), ``sentences`` occur in it, and ``opens`` have whole-line entries that begin with its first word.
    """

    words: Words = ()
    concepts: frozenset[str] = _NONE
    prefixes: Mapping[str, int] = _NO_PREFIX
    sentences: frozenset[str] = _NONE
    opens: frozenset[str] = _NONE


UNREAD = Reading()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Immutable view of the lists; made by :func:`lexicon`."""

    _lines: Mapping[str, frozenset[str]]
    _opens: Mapping[str, tuple[frozenset[str], tuple[int, ...]]]
    """First word of whole-line entries -> their concepts, and their sizes, longest first."""
    _prefixes: _Index
    _sentences: _Anchors
    _sentences_inside: _Inside
    _clues: _Index
    _clues_inside: _Inside
    _vocabularies: Mapping[str, frozenset[str]]

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Everything that the lists say of each line, in one go."""
        readings = []
        opening, beginning, isdisjoint = self._opens, self._prefixes, self._sentences.keys().isdisjoint
        for words, is_ascii in _tell_apart(texts):
            if not words:
                readings.append(UNREAD)
                continue
            first = words[0]
            opens, sizes = opening.get(first, _UNOPENED)
            readings.append(
                Reading(
                    words,
                    self._lines.get(" ".join(words), _NONE) if len(words) in sizes else _NONE,
                    self.prefixes(words) if first in beginning else _NO_PREFIX,
                    _NONE if is_ascii and isdisjoint(words) else self.sentences(words),
                    opens,
                )
            )
        return readings

    def line(self, words: Words) -> frozenset[str]:
        """The concepts that list exactly this line."""
        return self._lines.get(" ".join(words), _NONE)

    def prefixes(self, words: Words) -> Mapping[str, int]:
        """The concepts with a ``_prefix`` entry that the words begin with: how many words the longest has."""
        known = self._prefixes.get(words[0]) if words else None
        if known is None:
            return _NO_PREFIX
        sizes: dict[str, int] = {}
        for phrase, concept in known:
            if concept not in sizes and words[: len(phrase)] == phrase:
                sizes[concept] = len(phrase)
        return sizes

    def sentences(self, words: Words) -> frozenset[str]:
        """The concepts of which a ``_sentence`` entry occurs among the words."""
        spaced = f" {' '.join(words)} "
        found = [
            concept
            for word in words
            if word in self._sentences
            for phrase, concept in self._sentences[word]
            if phrase in spaced
        ]
        if not spaced.isascii():
            found += [concept for concept, *_ in _inside(self._sentences_inside, words)]
        return frozenset(found) if found else _NONE

    def clues(self, words: Words) -> list[tuple[str, int, int]]:
        """Every ``_clue`` entry among the words: its concept, first word and end."""
        return [
            (concept, i, i + len(phrase))
            for i, word in enumerate(words)
            if word in self._clues
            for phrase, concept in self._clues[word]
            if words[i : i + len(phrase)] == phrase
        ] + _inside(self._clues_inside, words)

    def vocabulary(self, name: str) -> frozenset[str]:
        """Every single word of the list ``name`` (with its ending), in all languages."""
        return self._vocabularies.get(name, _NONE)

    def cover(self, words: Words, concepts: frozenset[str]) -> list[frozenset[str]]:
        """Cut the words into whole-line entries of ``concepts``; empty if they cannot be cut so.

        Longest entry first, without going back: "share on facebook twitter email" gives three.
        """
        pieces: list[frozenset[str]] = []
        at = 0
        while at < len(words):
            opens, sizes = self._opens.get(words[at], _UNOPENED)
            if opens.isdisjoint(concepts):
                return []
            for size in sizes:
                hit = self._lines.get(" ".join(words[at : at + size]), _NONE) & concepts
                if hit and at + size <= len(words):
                    pieces.append(hit)
                    at += size
                    break
            else:
                return []
        return pieces


def _inside(phrases: _Inside, words: Words) -> list[tuple[str, int, int]]:
    """The phrases that stand inside runs of unspaced letters: concept, first word and end."""
    joined = " ".join(words)
    if joined.isascii() or max(words) < _FIRST_UNSPACED:
        return []
    found = ((concept, joined.find(phrase), phrase.count(" ") + 1) for phrase, concept in phrases)
    return [(concept, i := joined.count(" ", 0, at), i + size) for concept, at, size in found if at >= 0]


def lexicon(config: Config, sites: tuple[SiteRules, ...] = ()) -> Lexicon:
    """The compiled lists of the languages that ``config.languages`` names (all if it names none).

    ``sites`` add phrases of their own.
    """
    return _lexicon(config.phrases, config.languages, tuple(Phrases(one.name, one.phrases) for one in sites))


@lru_cache(maxsize=32)
def _lexicon(phrases: tuple[Phrases, ...], languages: tuple[str, ...], more: tuple[Phrases, ...]) -> Lexicon:
    from cleaner import shipped

    wanted = tuple(one for one in phrases if not languages or one.language in languages)
    return shipped.lexicon_of(wanted + more) or compiled(wanted + more)


def compiled(phrases: tuple[Phrases, ...]) -> Lexicon:
    """The lexicon of some lists."""
    lists = [item for one in phrases for item in one.lists]
    lines: dict[str, set[str]] = {}
    sizes: dict[str, set[int]] = {}
    marked: dict[str, set[tuple[Words, str]]] = {"prefix": set(), "sentence": set(), "clue": set()}
    unspaced: dict[str, set[tuple[str, str]]] = {"sentence": set(), "clue": set()}
    vocabularies: dict[str, set[str]] = {}
    for name, entries in lists:
        concept, _, ending = name.rpartition("_")
        for entry in entries:
            words = words_of(entry)
            if not words:
                continue
            vocabularies.setdefault(name, set()).update(words)
            inside = len(entry) > 1 and _UNSPACED.search(entry)
            if inside and ending in unspaced:
                unspaced[ending].add((" ".join(words), concept))
            elif ending in marked:
                marked[ending].add((words, concept))
            else:
                lines.setdefault(" ".join(words), set()).add(name)
                sizes.setdefault(words[0], set()).add(len(words))
    opens: dict[str, set[str]] = {}
    for line, concepts in lines.items():
        opens.setdefault(line.partition(" ")[0], set()).update(concepts)
    return Lexicon(
        {line: frozenset(concepts) for line, concepts in lines.items()},
        {word: (frozenset(opens[word]), tuple(sorted(sizes[word], reverse=True))) for word in opens},
        _by_first_word(marked["prefix"]),
        _by_rarest_word(marked["sentence"]),
        tuple(sorted(unspaced["sentence"])),
        _by_first_word(marked["clue"]),
        tuple(sorted(unspaced["clue"])),
        {name: frozenset(words) for name, words in vocabularies.items()},
    )


def _by_first_word(phrases: set[tuple[Words, str]]) -> _Index:
    def longest_first(item: tuple[Words, str]) -> tuple[int, Words, str]:
        return -len(item[0]), item[0], item[1]

    index: dict[str, list[tuple[Words, str]]] = {}
    for phrase, concept in sorted(phrases, key=longest_first):
        index.setdefault(phrase[0], []).append((phrase, concept))
    return {word: tuple(entries) for word, entries in index.items()}


def _by_rarest_word(phrases: set[tuple[Words, str]]) -> _Anchors:
    """Every phrase under one word of it that prose seldom has: no function word, and in few other phrases."""
    uses = Counter(word for phrase, _ in phrases for word in set(phrase))
    index: dict[str, list[tuple[str, str]]] = {}
    for phrase, concept in sorted(phrases):
        rarest = min(phrase, key=lambda word: (word in STOP_WORDS, len(word) < 4, uses[word], word))
        index.setdefault(rarest, []).append((f" {' '.join(phrase)} ", concept))
    return {word: tuple(entries) for word, entries in index.items()}
