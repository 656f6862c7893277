"""Many random documents through every property: ``python -m tests.fuzz.campaign --seconds 60``.

Prints how often each part ran; an input that breaks a property is saved under ``--findings``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from pathlib import Path
from random import Random

from cleaner.config import load
from tests.fuzz import documents, properties
from tests.support import ROOT

FINDINGS = ROOT / "tests" / "fuzz" / "findings"
ENDINGS = ("txt", "md", "html", "jsonl", "-")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--material", type=Path, nargs="*", default=[], help="folders of more texts and pages")
    parser.add_argument("--findings", type=Path, default=FINDINGS)
    arguments = parser.parse_args()
    config = load().config
    texts, pages = documents.material(arguments.material)
    tally = properties.Tally()
    failures = 0
    stop = time.monotonic() + arguments.seconds
    number = arguments.seed * 1_000_000_000
    said = time.monotonic()
    while time.monotonic() < stop:
        number += 1
        rng = Random(number)
        case: object = None
        try:
            choice = rng.random()
            if choice < 0.7:
                case = documents.text(texts, rng)
                clean = properties.check_text(case, config, tally)
                if rng.random() < 0.3:
                    changed = tally.changed
                    properties.check_again(clean, config, tally)
                    if tally.changed > changed:
                        (arguments.findings / f"again-{number}.txt").write_text(case, "utf-8", newline="")
            elif choice < 0.95:
                name = f"x.{rng.choice(ENDINGS)}"
                whole = (
                    documents.page(pages, texts, rng)
                    if name == "x.html" or rng.random() < 0.3
                    else documents.text(texts, rng)
                )
                if name == "x.jsonl":
                    field = rng.choice(("text", "html"))
                    whole = "".join(
                        json.dumps({"id": str(i), field: part}) + "\n" for i, part in enumerate(whole.split("\n\n"))
                    )
                case = documents.data(whole, rng)
                properties.check_decode(case, tally)
                properties.check_bytes(case, name, config, tally)
            else:
                cells = documents.text(texts, rng).split(rng.choice((" ", "\n", "|")))[:40]
                width = rng.randint(1, 6)
                case = repr(cells)
                rows = [tuple(cells[i : i + width]) for i in range(0, len(cells), width)]
                properties.check_table(tuple(rows), tally)
        except Exception:
            failures += 1
            kind = "bin" if isinstance(case, bytes) else "txt"
            path = arguments.findings / f"fail-{number}.{kind}"
            path.write_bytes(case if isinstance(case, bytes) else str(case).encode("utf-8", "surrogatepass"))
            print(f"--- {path.name}\n{traceback.format_exc(limit=-4)}", flush=True)
        if time.monotonic() - said > 60:
            said = time.monotonic()
            report(tally, failures, number)
    report(tally, failures, number)
    sys.exit(failures > 0)


def report(tally: properties.Tally, failures: int, number: int) -> None:
    found = {
        "number": number,
        "executions": sum(tally.runs.values()),
        **tally.runs,
        "failures": failures,
        "recleaned": tally.recleaned,
        "changed": tally.changed,
        "slowest": round(tally.slowest, 2),
    }
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
