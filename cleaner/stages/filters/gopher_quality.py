"""Filter ``gopher-quality``: the quality rules that chose the training texts of Gopher.

Rules and thresholds: Rae et al., "Scaling Language Models: Methods, Analysis & Insights from Training
Gopher" (arXiv 2112.11446), appendix A1.1, as the defaults of datatrove 0.10.1's ``GopherQualityFilter``
have them.  Different here: the eight English function words are replaced by the document's language's own
(:func:`cleaner.language.stop_words`), and rules about words are left out where a language has none to
tell, or puts no spaces between words.
"""

from __future__ import annotations

from cleaner.language import stop_words
from cleaner.settings import Filters
from cleaner.stages.filters.sample import UNSPACED, Sample

MIN_WORDS = 50
MAX_WORDS = 100_000
MIN_MEAN_LENGTH = 3
MAX_MEAN_LENGTH = 10
MAX_SYMBOLS = 0.1
"""Hash signs, and ellipses, for each word."""
MAX_BULLETS = 0.9
"""Share of the lines that begin with a bullet."""
MAX_ELLIPSES = 0.3
"""Share of the lines that end in an ellipsis."""
MIN_ALPHABETIC = 0.8
"""Share of the words (marks counted as words) with a letter in them."""
MIN_STOP_WORDS = 2
STOP_WORDS = frozenset("the be to of and that have with".split())
"""Of English."""


def judge(sample: Sample, _: Filters) -> str:
    """The first rule that the text breaks, with what was measured; "" if it breaks none."""
    count = len(sample.words)
    if count < MIN_WORDS:
        return f"has {count:,} words, fewer than {MIN_WORDS}"
    if count > MAX_WORDS:
        return f"has {count:,} words, more than {MAX_WORDS:,}"
    if sample.language not in UNSPACED:
        mean = sum(map(len, sample.words)) / count
        if not MIN_MEAN_LENGTH <= mean <= MAX_MEAN_LENGTH:
            return f"has words of {mean:.2f} letters on average, not {MIN_MEAN_LENGTH} to {MAX_MEAN_LENGTH}"
    return _symbols(sample) or _lines(sample) or _words(sample)


def _symbols(sample: Sample) -> str:
    text, count = sample.text, len(sample.tokens)
    for name, number in (("hash signs", text.count("#")), ("ellipses", text.count("...") + text.count("…"))):
        if number / count > MAX_SYMBOLS:
            return f"has {number / count:.2f} {name} for each word, over {MAX_SYMBOLS}"
    return ""


def _lines(sample: Sample) -> str:
    lines = sample.text.splitlines()
    bullets = sum(line.lstrip().startswith(("•", "-")) for line in lines) / len(lines)
    if bullets > MAX_BULLETS:
        return f"has {bullets:.0%} lines with a bullet, over {MAX_BULLETS:.0%}"
    ellipses = sum(line.rstrip().endswith(("...", "…")) for line in lines) / len(lines)
    if ellipses > MAX_ELLIPSES:
        return f"has {ellipses:.0%} lines that end in an ellipsis, over {MAX_ELLIPSES:.0%}"
    return ""


def _words(sample: Sample) -> str:
    alphabetic = sum(any(map(str.isalpha, token)) for token in sample.tokens) / len(sample.tokens)
    if alphabetic < MIN_ALPHABETIC:
        return f"has letters in {alphabetic:.0%} of its words, under {MIN_ALPHABETIC:.0%}"
    known = STOP_WORDS if sample.language == "en" else stop_words(sample.language)
    found = len(known.intersection(sample.words))
    if known and found < MIN_STOP_WORDS:
        return f"has {found} different function words, fewer than {MIN_STOP_WORDS}"
    return ""
