from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cleaner.corpus.dedup import dedup
from cleaner.near_duplicates import candidates, kernels, near_duplicates
from cleaner.near_duplicates.kernels import Kernel
from cleaner.settings import Config
from tests.corpus.test_dedup import HALF, LONG, NEAR, rows, use, write

TEXTS = [LONG, "Ja!", "", HALF, NEAR, "ja", "...", LONG.upper() + "!"]


@pytest.fixture(params=["numpy", "numba"])
def compute(request: pytest.FixtureRequest) -> Kernel:
    if request.param == "numba":
        pytest.importorskip("numba")
        return kernels.compiled()
    return kernels.NUMPY


def test_pairs_of_texts(compute: Kernel) -> None:
    pairs = near_duplicates(TEXTS, compute=compute)
    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == [(0, 4), (1, 5), (0, 7), (4, 7)]
    assert pairs.jaccard.tolist() == pytest.approx([17 / 19, 1.0, 1.0, 17 / 19])


@pytest.mark.parametrize("texts", [[], [""], ["one"], [LONG]])
def test_few_texts(compute: Kernel, texts: list[str]) -> None:
    assert near_duplicates(texts, compute=compute).first.size == 0


@pytest.mark.parametrize("way", ["numpy", "numba"])
def test_the_command_finds_the_same_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    use(way, monkeypatch)
    texts = [f"{text} {i % 3}" for i in range(18) for text in (LONG, HALF, f"{i} {NEAR}", f"{i} short")]
    records = [{"id": i, "text": text} for i, text in enumerate(texts)]
    dedup([write(tmp_path / "in.jsonl", records)], tmp_path / "out", Config(), pairs=True)
    found = {(int(row["twin_id"]), int(row["doc_id"])) for row in rows(tmp_path / "out" / "pairs.jsonl")}
    pairs = near_duplicates(texts)
    assert found == set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))


@pytest.mark.parametrize("number", [1_000, 4_000])
def test_work_grows_with_the_number_of_copies_not_with_its_square(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Counted, not timed: exact copies are never paired; of near ones each bucket gives a star."""
    use("numpy", monkeypatch)
    made: list[int] = []
    whole = candidates.candidates_of_band

    def counted(*given: object) -> candidates.U64:
        codes = whole(*given)  # type: ignore[arg-type]
        made.append(len(codes))
        return codes

    monkeypatch.setattr("cleaner.corpus.pairing.candidates_of_band", counted)
    words = LONG.split()
    alike = [" ".join([*words, *words[::-1], f"n{i}"]) for i in range(number)]  # all within .9 of each other
    texts = [*[LONG] * number, *alike]
    records = [{"id": i, "text": text} for i, text in enumerate(texts)]
    summary = dedup([write(tmp_path / "in.jsonl", records)], tmp_path / "out", Config(), pairs=True)
    assert summary.duplicates == 2 * number - 2
    assert max(made) < number
    assert len(rows(tmp_path / "out" / "pairs.jsonl")) < 6 * number


def test_a_trimmed_or_padded_copy_is_found_on_demand(tmp_path: Path) -> None:
    from dataclasses import replace

    words = [f"w{i}{'abcdefg'[i % 7]}" for i in range(60)]
    whole, part = " ".join(words), " ".join(words[5:35])
    padded = " ".join([*(f"x{i}" for i in range(40)), *words])
    records = [{"id": i, "text": text} for i, text in enumerate([whole, part, padded, HALF])]
    given = write(tmp_path / "in.jsonl", records)
    near = replace(Config(), duplicates=replace(Config().duplicates, near="containment"))
    assert dedup([given], tmp_path / "out", Config()).duplicates == 0
    assert dedup([given], tmp_path / "out", near).duplicates == 2
    found = {row["doc_id"]: row for row in rows(tmp_path / "out" / "duplicates.jsonl")}
    assert {name: row["twin_id"] for name, row in found.items()} == {"1": "0", "2": "0"}
    assert found["1"]["jaccard"] == pytest.approx(28 / 58, abs=1e-4)


def test_natural_repetition_within_a_document_stays(tmp_path: Path) -> None:
    verses = [" ".join(f"{word}{i}" for word in HALF.split()) for i in range(4)]
    song = "\n".join(line for verse in verses[:3] for line in (verse, LONG))
    twice = "\n".join([verses[0], LONG, HALF, verses[0], LONG, HALF, verses[0], LONG, HALF])
    listed = "\n".join([f"- {LONG}", verses[1], f"- {LONG}"])
    for text, gone in ((song, 0), (twice, 6), (listed, 0), (f"{LONG}\n{verses[0]}\n{LONG}", 1)):
        given = write(tmp_path / "in.jsonl", [{"id": "a", "text": text}])
        assert dedup([given], tmp_path / "out", Config()).duplicates == gone
    from dataclasses import replace

    strict = replace(Config(), duplicates=replace(Config().duplicates, refrains=False))
    given = write(tmp_path / "in.jsonl", [{"id": "a", "text": song}])
    assert dedup([given], tmp_path / "out", strict).duplicates == 2


def test_sampled_runs_are_the_same_in_every_text() -> None:
    random = np.random.default_rng(1)
    hashes = random.integers(0, 1 << 63, 400).astype(np.uint64)
    whole, text = candidates.run_keys(np.concatenate([hashes, hashes[100:300]]), np.array([0, 400, 600]))
    first, second = set(whole[text == 0].tolist()), set(whole[text == 1].tolist())
    assert second < first
    assert 30 < len(second) < 70
    assert candidates.run_keys(hashes[:3], np.array([0, 3]))[0].size == 0
