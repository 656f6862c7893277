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

from functools import lru_cache

from cleaner.phrases import shipped
from cleaner.phrases.matching import Lexicon, compiled
from cleaner.settings import Config, Phrases, SiteRules


def lexicon(config: Config, sites: tuple[SiteRules, ...] = ()) -> Lexicon:
    """The compiled lists of the languages that ``config.languages`` names (all if it names none).

    ``sites`` add phrases of their own.
    """
    return _lexicon(config.phrases, config.languages, tuple(Phrases(one.name, one.phrases) for one in sites))


@lru_cache(maxsize=32)
def _lexicon(phrases: tuple[Phrases, ...], languages: tuple[str, ...], more: tuple[Phrases, ...]) -> Lexicon:
    wanted = tuple(one for one in phrases if not languages or one.language in languages)
    return shipped.lexicon_of(wanted + more) or compiled(wanted + more)
