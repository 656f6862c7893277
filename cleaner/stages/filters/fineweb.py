"""Filter ``fineweb``: the quality rules that FineWeb added to those of Gopher and C4.

Rules and thresholds: Penedo et al., "The FineWeb Datasets" (arXiv 2406.17557), section 3.6, as the defaults of
datatrove 0.10.1's ``FineWebQualityFilter`` have them.  Different here: blank lines do not count as lines
anywhere, for the text that the thresholds were set on had none.
"""

from __future__ import annotations

from cleaner.settings import Filters
from cleaner.stages.filters.gopher_repetition import repeated
from cleaner.stages.filters.sample import STOPS, Sample

MIN_ENDED = 0.12
"""Share of the lines that end in a mark that ends sentences."""
SHORT = 30
MAX_SHORT = 0.67
"""Share of the lines of at most :data:`SHORT` characters."""
MAX_REPEATED = 0.01
"""Share of the characters in lines that repeat an earlier one."""
MAX_LINES = 0.3
"""Line ends for each word."""


def judge(sample: Sample, _: Filters) -> str:
    """The first rule that the text breaks, with what was measured; "" if it breaks none."""
    lines = sample.lines
    if not lines:
        return "has no text"
    ended = sum(line.endswith(tuple(STOPS)) for line in lines) / len(lines)
    if ended < MIN_ENDED:
        return f"has {ended:.0%} lines that end like a sentence, under {MIN_ENDED:.0%}"
    short = sum(len(line) <= SHORT for line in lines) / len(lines)
    if short > MAX_SHORT:
        return f"has {short:.0%} lines of at most {SHORT} characters, over {MAX_SHORT:.0%}"
    again = repeated(lines)[1] / len(sample.text.replace("\n", ""))
    if again > MAX_REPEATED:
        return f"has {again:.1%} of its characters in repeated lines, over {MAX_REPEATED:.0%}"
    ends = (len(lines) - 1) / len(sample.tokens)
    if ends > MAX_LINES:
        return f"has {ends:.2f} line ends for each word, over {MAX_LINES}"
    return ""
