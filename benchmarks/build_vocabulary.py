"""Build ``cleaner/stages/tables/vocabulary.bin`` from wordfreq's lists.

usage: build_vocabulary.py        (needs ``pip install wordfreq==3.1.1``; the result is the same to the byte)

wordfreq's data are licensed CC BY-SA 4.0 (Robyn Speer, https://github.com/rspeer/wordfreq), and so is the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from wordfreq import get_frequency_dict

from cleaner.stages.tables.vocabulary import PATH, pack

LANGUAGES = "cs da de es fi fr hu id it nb nl pl pt ro ru sv tr uk".split()
LEAST_ENGLISH = 1.5
LEAST_OTHER = 3.0
DISCOUNT = 0.7
"""Zipf points by which a word of another language counts less than an English one."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def words(language: str, least: float) -> Iterator[tuple[str, float]]:
    """The words of a language and their frequencies on the Zipf scale."""
    for word, share in get_frequency_dict(language).items():
        zipf = math.log10(share) + 9
        if zipf >= least and _WORD.fullmatch(word):
            yield word, zipf


def main() -> None:
    """Write the file."""
    found = dict(words("en", LEAST_ENGLISH))
    for language in LANGUAGES:
        for word, zipf in words(language, LEAST_OTHER):
            if len(word) > 1:
                found[word] = max(found.get(word, 0.0), zipf - DISCOUNT)
    PATH.write_bytes(pack(found))
    print(f"{len(found)} words, {PATH.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
