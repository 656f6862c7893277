"""What people see: colours, progress, and input that must not steer their terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleaner import terminal
from cleaner.cli import cli
from cleaner.document import Edit
from cleaner.ledger import Passage
from cleaner.report.lines import lines
from tests.support import ROOT

MESS = """Night ferries return

NIGHT FERRIES RETURN

The last boat used to leave at ten past seven.From April it will leave at half past one,and the board isnâ€™t sure.

ADVERTISEMENT

Three boats will share the work:

BoatBuiltHome port
Saltwind1987Northbank
Gannet2004Pier Four
Marigold2023Saltmarsh

Nobody on the quay had asked for a fourth boat, and so there is none.
"""


def cleaner(*arguments: object, stdin: str | None = None, **options: object) -> Result:
    return CliRunner().invoke(cli, [str(item) for item in arguments], input=stdin, **options)  # type: ignore[arg-type]


def records(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


# ---- text from inputs ----------------------------------------------------------------------


def test_nothing_from_an_input_is_obeyed() -> None:
    hostile = "a\x1b[2Jb\x9b31mc\x07d\u202ee\u2066f\x7fg\rh\u2028i"
    shown = terminal.plain(hostile)
    assert shown == "a\\x1b[2Jb\\x9b31mc\\x07d\\u202ee\\u2066f\\x7fg\\rh\\u2028i"
    assert terminal.plain("line\n\ttab é 中 “”", keep="\n\t") == "line\n\ttab é 中 “”"


def test_messages_are_made_safe(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    terminal.say("rejected: \x1b]0;owned\x07.txt")
    assert capsys.readouterr().err == "rejected: \\x1b]0;owned\\x07.txt\n"
    (tmp_path / "\x1b[31mred.png").write_bytes(b"\x89PNG")
    assert "\x1b" not in cleaner("clean", tmp_path).stderr


def test_diff_and_explain_show_hostile_text_without_sending_it(tmp_path: Path) -> None:
    text = "The \x1b[31mred\x1b[0m ferry left at dawn,and \u202enobody\u202c was on it that day.\n\nADVERTISEMENT\n"
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a\x1b[1m.txt").write_text(text, encoding="utf-8")
    for arguments in (["diff", tmp_path / "raw"], ["run", tmp_path / "raw", "-o", tmp_path / "clean", "-j", "1"]):
        result = cleaner(*arguments)
        assert result.exit_code == 0, result.output
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", result.output)
    (doc,) = [record["id"] for record in records(tmp_path / "clean" / "documents.jsonl")]
    result = cleaner("explain", tmp_path / "clean", doc)
    assert result.exit_code == 0, result.output
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", result.output)


# ---- diff ----------------------------------------------------------------------------------


def test_diff_is_plain_when_piped() -> None:
    shown = cleaner("diff", "-", stdin=MESS).stdout.splitlines()
    assert shown[0] == "stdin: 2 blocks removed, 4 edits"
    assert " 3 - NIGHT FERRIES RETURN   (headings/repeated-heading: repeats the heading at line 1)" in shown
    (changed,) = [line for line in shown if line.startswith(" 5 ~ ")]
    assert "ten past seven.{+ +}From" in changed
    assert "isn[-â€™-]{+’+}t sure." in changed
    assert "13 - Gannet2004Pier Four   (tables/glued: 4 rows x 3 columns rebuilt from glued cells)" in shown
    assert "14 + | Gannet | 2004 | Pier Four |" in shown
    assert not any("\x1b" in line for line in shown)


def test_diff_shows_only_what_is_near_a_change() -> None:
    quiet = "".join(f"Quiet paragraph number {n} says nothing that anybody could object to.\n\n" for n in range(9))
    text = f"{quiet}ADVERTISEMENT\n\n{quiet}"
    shown = cleaner("diff", "-", stdin=text).stdout.splitlines()
    assert [line.strip()[:20] for line in shown[1:]] == [
        "…",
        "17   Quiet paragraph",
        "19 - ADVERTISEMENT  ",
        "21   Quiet paragraph",
    ]
    assert len(cleaner("diff", "-", "-U", "0", stdin=text).stdout.splitlines()) == 3
    assert len(cleaner("diff", "-", "--whole", stdin=text).stdout.splitlines()) == 20
    untouched = cleaner("diff", "-", stdin="A clean text that says what it has to say.\n").stdout
    assert untouched == "stdin: 0 blocks removed, 0 edits\n"


def test_diff_of_html_and_of_what_cannot_be_read(tmp_path: Path) -> None:
    assert "- Leave a Reply" in cleaner("diff", ROOT / "raw" / "sourdough-starter.html").stdout
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    assert cleaner("diff", tmp_path / "picture.png").exit_code == 4
    assert cleaner("diff", tmp_path / "picture.png", ROOT / "raw" / "sourdough-starter.html").exit_code == 3


def test_every_line_of_the_input_has_its_number() -> None:
    """Lines as shown carry the numbers that an editor gives them."""
    text = (ROOT / "raw" / "000_fd584161bf73a59c.txt").read_text(encoding="utf-8")
    source = text.split("\n")
    shown = cleaner("diff", ROOT / "raw" / "000_fd584161bf73a59c.txt", "--whole").stdout.splitlines()[1:]
    checked = 0
    for line in shown:
        number, mark, rest = re.fullmatch(r" *(\d+) (.) (.*)", line + " ").groups()  # type: ignore[union-attr]
        if mark == "-":
            checked += 1
            assert rest.split("   (")[0].strip() in source[int(number) - 1]
        elif mark == " ":
            checked += 1
            assert rest.strip(" #-")[:60] in source[int(number) - 1].replace("\u00a0", " ")
    assert checked > 60


def test_lines_put_together_what_passages_hold() -> None:
    edit = Edit("encoding", "mojibake", "replace", 1, 1, 4, 7, "â€™", "’")
    gone = Edit("chrome", "ad", "remove", 2, 2, 10, 12, "Ad")
    space = Edit("write", "space", "replace", 1, 2, 8, 10, "\n\n", "\n")
    made = lines(
        [
            Passage("isn", "isn"),
            Passage("â€™", "’", (edit,)),
            Passage("t", "t"),
            Passage("\n", "\n", (space,)),
            Passage("Ad", "", (gone,)),
        ]
    )
    assert [(line.number, line.mark, [piece.text for piece in line.pieces]) for line in made] == [
        (1, "mixed", ["isn", "â€™", "’", "t"]),
        (2, "gone", ["Ad"]),
    ]


# ---- explain -------------------------------------------------------------------------------


def test_explain_says_why(samples: Path) -> None:
    shown = cleaner("explain", samples, "000_fd584161bf73a59c.txt").stdout
    assert "Line 7 was removed by headings/repeated-heading: repeats the heading at line 5." in shown
    assert "Lines 110–117 were removed by calendars/calendar: calendar of one month." in shown
    assert "“March 2025”" in shown
    assert "\x1b" not in shown
    mine = [row for row in records(samples / "ledger.jsonl") if row["doc_id"] == "000_fd584161bf73a59c.txt"]
    for stage, rule in {(row["stage"], row["rule"]) for row in mine if row["stage"] != "write"}:
        assert f"by {stage}/{rule}" in shown


def test_explain_one_line_and_one_block(samples: Path) -> None:
    shown = cleaner("explain", samples, "000_fd584161bf73a59c.txt", "--line", "106").stdout
    assert shown.strip().splitlines()[0] == "Line 106 was removed by chrome/ad: advertisement."
    assert "Nothing" in cleaner("explain", samples, "000_fd584161bf73a59c.txt", "--line", "3000").stdout
    keeper = cleaner("explain", samples, "channel-weekly.html", "--block", "4").stdout
    assert "stays; 1 block repeats it" in keeper
    assert "block 15 of 'harbour-ferries.html' (100%)" in keeper
    copy = cleaner("explain", samples, "harbour-ferries.html", "--block", "22").stdout
    assert "repeats block 6 of 'channel-weekly.html' and was cut" in copy
    assert "in no cluster" in cleaner("explain", samples, "harbour-ferries.html", "--block", "1").stdout


def test_explain_shows_how_a_duplicate_differs(samples: Path) -> None:
    shown = cleaner("explain", samples, "harbour-ferries.html").stdout
    assert "85% of its word triples are those of a block of 'channel-weekly.html', which stays:" in shown
    assert "[-older-] {+old+}" in shown


def test_explain_refuses_what_it_cannot_tell(samples: Path, tmp_path: Path) -> None:
    assert "has no lines" in cleaner("explain", samples, "harbour-ferries.html", "--line", "3").stderr
    assert 'Did you mean "harbour-ferries.html"?' in cleaner("explain", samples, "harbour-ferry.html").stderr
    assert cleaner("explain", tmp_path, "x").exit_code == 2


# ---- colours and progress ------------------------------------------------------------------


def on_a_terminal(*arguments: object, stdin: str, **environment: str) -> str:
    """What a command prints when its stdout and stderr are a terminal."""
    leader, follower = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "cleaner", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=follower,
        stderr=follower,
        env=os.environ | {"TERM": "xterm", "NO_COLOR": ""} | environment,
        cwd=ROOT,
    )
    os.close(follower)
    assert done.stdin is not None
    done.stdin.write(stdin.encode())
    done.stdin.close()
    pieces = []
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(leader)
    done.wait(60)
    return b"".join(pieces).decode()


def test_colours_on_a_terminal_and_none_with_no_color() -> None:
    text = "The ferry left at dawn,and nobody was on it.\n\nADVERTISEMENT\n"
    coloured = on_a_terminal("diff", "-", stdin=text)
    assert "\x1b[31m" in coloured
    assert "\x1b[32m" in coloured
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = on_a_terminal("diff", "-", stdin=text, **environment)
        assert "\x1b" not in plain
        assert "dawn,{+ +}and" in plain


def test_the_pace_is_told_when_it_is_known() -> None:
    assert terminal.pace(0, 100, 5.0) == ""
    assert terminal.pace(50, 50, 0.5) == ""
    assert terminal.pace(10, 90, 2.0) == ", 5.0/s, 18 s left"
    assert terminal.pace(100, 100_000, 2.0) == ", 50/s, 33 min left"
    assert terminal.pace(2, 1_000_000, 2.0) == ", 1.0/s, 277.8 h left"
    assert terminal.pace(100, 0, 10.0) == ", 10/s"


def test_the_progress_line_is_drawn_over_and_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with terminal.progress(True) as tick:
        tick("clean shard", 0, 2)
        tick("clean shard", 2, 2)
        tick("write", 0, 0)
    drawn = ["clean shard: 0 of 2 (0%)", "clean shard: 2 of 2 (100%)", "write", ""]
    assert stream.getvalue() == "".join(f"\r\x1b[K{text}" for text in drawn)


def test_a_run_ends_with_a_table(tmp_path: Path) -> None:
    result = cleaner("run", ROOT / "raw", "-o", tmp_path / "clean", "-j", "1")
    assert result.stdout == ""
    assert re.search(
        r"Removed \d+ of \d+ blocks:\n  chrome +\d+\n(  \w+ +\d+\n)+What went and why: .*report.html\n", result.stderr
    )
