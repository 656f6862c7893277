"""Phrase lists compiled for one pass over a line's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from cleaner.language import STOP_WORDS
from cleaner.settings import Phrases
from cleaner.words import FIRST_UNSPACED, UNSPACED, Words, words_and_scripts, words_of

_NONE: frozenset[str] = frozenset()
_NO_PREFIX: Mapping[str, int] = MappingProxyType({})
_LONG = 7  # letters; among words of so many their length says no more
_UNOPENED: tuple[frozenset[str], tuple[int, ...]] = (_NONE, ())
_Index = Mapping[str, tuple[tuple[Words, str], ...]]
"""First word of a phrase -> the phrases that begin with it and their concepts, longest first."""
_Anchors = Mapping[str, tuple[tuple[str, str], ...]]
"""The most telling word of a phrase -> the phrases with it, a space around each, and their concepts."""
_Clues = Mapping[str, tuple[tuple[int, Words, str], ...]]
"""The most telling word of a phrase -> the phrases with it, how many words come before it, and their concepts."""
_Inside = tuple[tuple[str, str], ...]
"""Phrases that may stand inside a run of unspaced letters, and their concepts."""


class Reading(msgspec.Struct, frozen=True, gc=False):
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
    """Immutable view of the lists; made by :func:`compiled`."""

    _lines: Mapping[str, frozenset[str]]
    _opens: Mapping[str, tuple[frozenset[str], tuple[int, ...]]]
    """First word of whole-line entries -> their concepts, and their sizes, longest first."""
    _prefixes: _Index
    _sentences: _Anchors
    _sentences_inside: _Inside
    _clues: _Clues
    _clues_inside: _Inside
    _vocabularies: Mapping[str, frozenset[str]]

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Everything that the lists say of each line, in one go."""
        readings = []
        opening, beginning = self._opens, self._prefixes
        for words, is_ascii in words_and_scripts(texts):
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
                    self._sentences_of(words, is_ascii),
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
        return self._sentences_of(words, "".join(words).isascii())

    def _sentences_of(self, words: Words, is_ascii: bool) -> frozenset[str]:
        anchors = self._sentences.keys() & words
        if is_ascii and not anchors:
            return _NONE
        spaced = f" {' '.join(words)} "
        found = [concept for word in anchors for phrase, concept in self._sentences[word] if phrase in spaced]
        if not is_ascii:
            found += [concept for concept, *_ in _inside(self._sentences_inside, words)]
        return frozenset(found) if found else _NONE

    def clues(self, words: Words) -> list[tuple[str, int, int]]:
        """Every ``_clue`` entry among the words: its concept, first word and end."""
        known = self._clues
        found = [
            (i - before, -len(phrase), concept)
            for i, word in enumerate(words)
            if word in known
            for before, phrase, concept in known[word]
            if words[max(0, i - before) : i - before + len(phrase)] == phrase
        ]
        return [(concept, i, i - size) for i, size, concept in sorted(found)] + _inside(self._clues_inside, words)

    def vocabulary(self, name: str) -> frozenset[str]:
        """Every single word of the list ``name`` (with its ending), in all languages."""
        return self._vocabularies.get(name, _NONE)

    def cover(self, words: Words, concepts: frozenset[str]) -> list[frozenset[str]]:
        """Cut the words into whole-line entries of ``concepts``; empty if they cannot be cut so.

        Longest entry first, without going back: "share on facebook twitter email" gives three.
        """
        pieces: list[frozenset[str]] = []
        if words and not any(words[-1] in self._vocabularies.get(concept, _NONE) for concept in concepts):
            return pieces  # most lines that begin as an entry does
        at = 0
        while at < len(words):
            opens, sizes = self._opens.get(words[at], _UNOPENED)
            if opens.isdisjoint(concepts):
                return []
            for size in sizes:
                if at + size > len(words):
                    continue
                if hit := self._lines.get(" ".join(words[at : at + size]), _NONE) & concepts:
                    pieces.append(hit)
                    at += size
                    break
            else:
                return []
        return pieces


def _inside(phrases: _Inside, words: Words) -> list[tuple[str, int, int]]:
    """The phrases that stand inside runs of unspaced letters: concept, first word and end."""
    joined = " ".join(words)
    if joined.isascii() or max(words) < FIRST_UNSPACED:
        return []
    found = ((concept, joined.find(phrase), phrase.count(" ") + 1) for phrase, concept in phrases)
    return [(concept, i := joined.count(" ", 0, at), i + size) for concept, at, size in found if at >= 0]


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
            inside = len(entry) > 1 and UNSPACED.search(entry)
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
        {
            word: tuple((f" {' '.join(phrase)} ", concept) for phrase, concept in entries)
            for word, entries in _by_telling_word(marked["sentence"]).items()
        },
        tuple(sorted(unspaced["sentence"])),
        {
            word: tuple((phrase.index(word), phrase, concept) for phrase, concept in entries)
            for word, entries in _by_telling_word(marked["clue"]).items()
        },
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


def _by_telling_word(phrases: set[tuple[Words, str]]) -> Mapping[str, Sequence[tuple[Words, str]]]:
    """Every phrase under the word of it that prose most seldom has: a long one that many of the phrases share."""
    uses = Counter(word for phrase, _ in phrases for word in set(phrase))
    index: dict[str, list[tuple[Words, str]]] = {}
    for phrase, concept in sorted(phrases):
        telling = min(phrase, key=lambda word: (word in STOP_WORDS, -min(len(word), _LONG), -uses[word], word))
        index.setdefault(telling, []).append((phrase, concept))
    return index
