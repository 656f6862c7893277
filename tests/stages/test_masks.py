"""What is masked, what is left alone, and that it can be restored."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner import Pipeline
from cleaner.config import load
from cleaner.document import Document
from cleaner.ledger import undo
from cleaner.pipeline import finish, run_stages
from cleaner.settings import Filters
from cleaner.stages.masks.find import EMAIL, IPV4, IPV6, PHONE
from tests.support import text_document, texts

CONFIG = replace(
    load(environment={}).config,
    filters=Filters(mask_emails=True, mask_ips=True, mask_phones=True),
    skip_stages=("chrome", "structure", "headings", "tables"),
)


def masked(text: str) -> Document:
    return run_stages(text_document(text), CONFIG)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Write to jane.doe+news@mail.harbour-news.co.uk today.", f"Write to {EMAIL} today."),
        ("(jane@harbour.org), <joe_b@harbour.org>; o'neil@harbour.org.", f"({EMAIL}), <{EMAIL}>; {EMAIL}."),
        ("[Jane](mailto:jane@harbour.org) **jane@harbour.org**", f"[Jane](mailto:{EMAIL}) **{EMAIL}**"),
        ("jürgen@müller.de and анна@почта.рф", f"{EMAIL} and {EMAIL}"),
        ("The server 185.12.64.7, once 2a02:2e0:3fe:1001:302::1.", f"The server {IPV4}, once {IPV6}."),
        ("http://185.12.64.7/index", f"http://{IPV4}/index"),
        ("Call +44 20 7946 0958 or +49 (0)30/901820-0.", f"Call {PHONE} or {PHONE}."),
        ("Call (415) 555-2671, 415-555-2671 or 1 415.555.2671 now", f"Call {PHONE}, {PHONE} or {PHONE} now"),
        ("Tel.: 030 901820, Fax 030/9018-21", f"Tel.: {PHONE}, Fax {PHONE}"),
        ("Téléphone : 01 42 68 53 00; тел. 8 (495) 123-45-67", f"Téléphone : {PHONE}; тел. {PHONE}"),
        ("电话：010-62345678", f"电话：{PHONE}"),
        ("Phone no. 555 123 4567", f"Phone no. {PHONE}"),
    ],
)
def test_masked(text: str, result: str) -> None:
    assert finish(masked(text))[0] == f"{result}\n"


@pytest.mark.parametrize(
    "text",
    [
        "Write to someone@example.com or me@mail.example.org.",
        "user@host, @handle, a @ b, 3 @ 4.50, first@last",
        "10.0.0.1, 192.168.1.2, 127.0.0.1, 192.0.2.1, 2001:db8::1, ::1, fe80::1",
        "Section 4.2.1.3 of version 1.2.3.4; 999.12.13.14 and 1.2.3.4.5",
        "At 10:30:45 std::map met face::bad and ab:cd:ef:01:23:45.",
        "On 2024-05-01, 01.05.2024 and 05/01/2024 there were +20 000 000 of 1,234,567.",
        "ISBN 978-3-16-148410-0, card 4111 1111 1111 1111, 30-40 of 1990-2020, 123-45-6789.",
        "Call 212-555-0100 or 555-0100. The phone costs 299 dollars; mobile 5G has 2024 users.",
        "My telephone rang 3 times in 2023.",
    ],
)
def test_left_alone(text: str) -> None:
    document = masked(text)
    assert not [edit for edit in document.edits if edit.stage == "masks"]


def test_each_has_its_own_setting() -> None:
    text = "Write to a@harbour.org, 185.12.64.7, +44 20 7946 0958."
    for name, rule in (("mask_emails", "email"), ("mask_ips", "ip"), ("mask_phones", "phone")):
        document = Pipeline(settings={f"filters.{name}": True}).clean(text)
        assert [edit.rule for edit in document.edits if edit.stage == "masks"] == [rule]
    assert Pipeline().clean(text).text == f"{text}\n"


def test_cells_of_tables_and_lists() -> None:
    page = (
        "<table><tr><th>Name</th><th>Mail</th></tr><tr><td>Jane | Co</td><td>jane@harbour.org</td></tr>"
        "<tr><td>Joe</td><td>joe@harbour.org</td></tr></table><ul><li>joe@harbour.org writes all of it</li></ul>"
    )
    config = replace(CONFIG, skip_stages=("chrome",))
    document = Pipeline(config).clean(f"<article><h1>Crew</h1>{page}</article>", format="html")
    (table,) = [block for block in document.blocks if block.rows]
    assert table.rows == (("Name", "Mail"), ("Jane | Co", EMAIL), ("Joe", EMAIL))
    assert f"| Joe | {EMAIL} |" in document.text
    assert "harbour.org" not in document.text
    assert sum(edit.rule == "email" for edit in document.edits) == 2  # a table of HTML is one change


@example(["Tel. 030 12345", "185.12.64.7", "185.12.64.7"])
@example(["Tel. 123456789012345", "44"])
@given(st.lists(st.one_of(texts, st.sampled_from(["a.b@c.de", "185.12.64.7", "+44 20 7946 0958", "Tel. 030 12345"]))))
def test_masking_can_be_undone_and_does_nothing_twice(pieces: list[str]) -> None:
    text, document = finish(masked(" ".join(pieces)))
    assert undo(text, document.edits) == document.source
    again = finish(masked(text))[1]
    assert not [edit for edit in again.edits if edit.stage == "masks"]
