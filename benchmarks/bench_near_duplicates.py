"""Near-duplicate paragraphs, from texts to pairs.

    python -m benchmarks.bench_near_duplicates

Ours gives pairs whose word-3-gram Jaccard is verified exactly.  datasketch, with its defaults, does the same in
the way its documentation shows: a MinHash a text, query, insert, and the exact Jaccard of what comes back.
rensa gets the word-3-grams as it wants them, and verifies nothing; its matrices only say *whether* a text has a
twin, not which.  Recall and precision are of the pairs whose Jaccard is .8 or more, known from an exact join.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from benchmarks.contest import Batch, Contest, Way, hold, wanted
from benchmarks.material import Page, planted_pairs

THRESHOLD = 0.8
PERMUTATIONS = 128
_WORD = re.compile(r"\w+")

Pairs = Sequence[tuple[int, int]]


def shingles(text: str) -> list[str]:
    """The word-3-grams of a text; of a shorter one all its words."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return [" ".join(words[i : i + 3]) for i in range(len(words) - 2)] or [" ".join(words)]


def ours() -> Batch:
    from cleaner.near_duplicates import kernels

    return _ours(kernels.compiled())


def ours_numpy() -> Batch:
    from cleaner.near_duplicates import kernels

    return _ours(kernels.NUMPY)


def _ours(compute: object) -> Batch:
    from cleaner.near_duplicates import near_duplicates

    def pairs(pages: Sequence[Page]) -> Pairs:
        found = near_duplicates([page.text for page in pages], THRESHOLD, compute=compute)  # type: ignore[arg-type]
        return list(zip(found.first.tolist(), found.second.tolist(), strict=True))

    return pairs


def datasketch() -> Batch:
    from datasketch import MinHash, MinHashLSH

    def pairs(pages: Sequence[Page]) -> Pairs:
        index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
        sets: list[set[str]] = []
        found: list[tuple[int, int]] = []
        for number, page in enumerate(pages):
            grams = set(shingles(page.text))
            sketch = MinHash(num_perm=PERMUTATIONS)
            sketch.update_batch([gram.encode() for gram in grams])
            for other in index.query(sketch):
                if len(grams & sets[other]) >= THRESHOLD * len(grams | sets[other]):
                    found.append((other, number))
            sets.append(grams)
            index.insert(number, sketch)
        return found

    return pairs


def rensa() -> Batch:
    import rensa as peer

    def pairs(pages: Sequence[Page]) -> Pairs:
        index = peer.RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=16)
        sketches = peer.RMinHash.from_token_sets([shingles(page.text) for page in pages], PERMUTATIONS, 42)
        index.insert_many(sketches)
        return [(a, b) for b, sketch in enumerate(sketches) for a in index.query(sketch) if a < b]

    return pairs


def rensa_matrix() -> Batch:
    from rensa import RMinHash

    return _flags(RMinHash.digest_matrix_from_token_sets)


def rensa_rho() -> Batch:
    from rensa import RMinHash

    return _flags(RMinHash.digest_matrix_from_token_sets_rho)


def _flags(digest: object) -> Batch:
    import rensa as peer

    def none(pages: Sequence[Page]) -> Pairs:
        matrix = digest([shingles(page.text) for page in pages], PERMUTATIONS, 42)  # type: ignore[operator]
        peer.RMinHashLSH(
            threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=16
        ).query_duplicate_flags_matrix_one_shot(matrix)
        return []

    return none


def material(n: int) -> tuple[str, list[Page]]:
    described, texts, _ = planted_pairs()
    return described, [Page(text, "") for text in texts[: n * 10 or None]]


def score(found: Pairs, pages: Sequence[Page]) -> dict[str, float]:
    if not found:
        return {}
    right = {pair for pair in planted_pairs()[2] if pair[1] < len(pages)}
    hits = len(right & set(found))
    return {"recall": hits / len(right), "precision": hits / len(found)}


CONTEST = Contest(
    name="near_duplicates",
    unit="paragraphs",
    ways=(
        Way("cleaner", "numba", ours),
        Way("cleaner without numba", "article-cleaner", ours_numpy),
        Way("datasketch, pairs verified", "datasketch", datasketch),
        Way("rensa, pairs unverified", "rensa", rensa),
        Way("rensa matrix, flags only", "rensa", rensa_matrix),
        Way("rensa rho matrix, flags only", "rensa", rensa_rho),
    ),
    material=material,
    score=score,
    warm=1000,
    portions=1,
)

if __name__ == "__main__":
    hold(CONTEST, wanted())
