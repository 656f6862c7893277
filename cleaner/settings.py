"""Every setting a user can change, with its default, range and meaning.

One frozen dataclass a stage.  ``config/cleaner.toml`` is written from these, ``config schema``
is generated from them, and an unknown key is an error.  All but :class:`Limits` and :class:`Engine` change
what comes out; what else changes how a run goes (jobs, progress) is a command-line flag and stands elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

T = TypeVar("T")
Value = bool | int | float | str | tuple[str, ...]
"""What a setting may be."""
Favor = Literal["precision", "balanced", "recall"]
Keeper = Literal["first", "longest", "earliest"]
InputFormat = Literal[
    "auto", "text", "markdown", "html", "jsonl", "json", "csv", "tsv", "parquet", "warc", "zip", "tar"
]
Near = Literal["jaccard", "containment"]
EngineName = Literal["local", "ray"]
Detector = Literal["words", "langid"]


def setting(default: Any, doc: str, *, low: float | None = None, high: float | None = None) -> Any:
    """A dataclass field with its meaning and (inclusive) range."""
    return field(default=default, metadata={"doc": doc, "low": low, "high": high})


@dataclass(frozen=True, slots=True)
class Encoding:
    """Stage ``encoding``."""

    markup: bool = setting(True, "take out HTML tags that an extractor left in plain text")
    mojibake: bool = setting(True, "repair text decoded with the wrong charset (ftfy)")
    entities: bool = setting(True, "decode HTML entities left in text (&amp;amp; -> &amp;)")
    controls: bool = setting(True, "remove control characters, byte order marks and zero-width junk")
    nfc: bool = setting(True, "compose characters to Unicode normal form C")


@dataclass(frozen=True, slots=True)
class Structure:
    """Stage ``structure``."""

    headings: bool = setting(True, "guess headings in plain text that has no markup")
    unwrap: bool = setting(True, "join the lines of hard-wrapped paragraphs, and of sentences broken at their links")
    heading_max_words: int = setting(16, "a line of more words is no heading", low=1, high=60)


@dataclass(frozen=True, slots=True)
class Calendars:
    """Stage ``calendars``."""

    enabled: bool = setting(True, "remove month grids of calendar widgets")


@dataclass(frozen=True, slots=True)
class Tables:
    """Stage ``tables``."""

    pipes: bool = setting(True, "read tables of cells between bars")
    aligned: bool = setting(True, "read tables aligned by tabs or spaces")
    vertical: bool = setting(True, "read tables written one cell a line")
    glued: bool = setting(True, "rebuild tables whose cells were glued together, or one space apart")
    min_confidence: float = setting(0.6, "leave a rebuilt table below this confidence as it was", low=0.0, high=1.0)


@dataclass(frozen=True, slots=True)
class Spacing:
    """Stage ``spacing``."""

    after_punctuation: bool = setting(True, 'put back a space lost after , . ; : ! ? ("end.Next")')
    runs: bool = setting(True, "make runs of spaces and no-break spaces one space")


@dataclass(frozen=True, slots=True)
class Chrome:
    """Stage ``chrome``."""

    detectors: bool = setting(True, "remove blocks that a named detector knows (ads, bios, share bars ...)")
    classifier: bool = setting(True, "for plain text, also remove what the trained classifier takes for chrome")
    main_content: bool = setting(True, "for HTML, keep only what is judged the page's main content")
    metadata: bool = setting(True, "move bylines, datelines and an HTML page's title to the metadata")
    min_kept: float = setting(
        0.05, "guard: if less than this share of a document's words would stay, keep it and say so", low=0.0, high=1.0
    )


@dataclass(frozen=True, slots=True)
class Headings:
    """Stage ``headings``."""

    repeats: bool = setting(True, "remove a heading that repeats one close before it")
    reach: int = setting(3, "how many blocks apart two showings still count as close", low=0, high=50)


@dataclass(frozen=True, slots=True)
class Filters:
    """Stages ``filters`` and ``masks``, all off: which documents stay, and what is masked (docs/filters.md)."""

    languages: tuple[str, ...] = setting((), "keep only documents in these languages (codes); empty means all")
    language_score: float = setting(0.0, "with languages: keep only from this score on", low=0.0, high=1.0)
    min_words: int = setting(0, "drop documents of fewer words", low=0)
    max_words: int = setting(0, "drop documents of more words; 0 means no limit", low=0)
    min_chars: int = setting(0, "drop documents of fewer characters", low=0)
    max_chars: int = setting(0, "drop documents of more characters; 0 means no limit", low=0)
    gopher_repetition: bool = setting(False, "drop documents that repeat themselves (rules of Gopher)")
    gopher_quality: bool = setting(False, "drop documents by the quality rules of Gopher")
    c4: bool = setting(False, "cut lines and drop documents by the rules of C4")
    c4_terminal_marks: bool = setting(False, "with c4: also cut lines that do not end like a sentence")
    fineweb: bool = setting(False, "drop documents by the quality rules of FineWeb")
    exact_duplicates: bool = setting(False, "drop documents whose clean text is exactly that of an earlier one (run)")
    mask_emails: bool = setting(False, "put email@example.com in place of e-mail addresses")
    mask_ips: bool = setting(False, "put 192.0.2.1 or 2001:db8::1 in place of public IP addresses")
    mask_phones: bool = setting(False, "put 555-0100 in place of phone numbers")


@dataclass(frozen=True, slots=True)
class Sites:
    """Corpus stage ``sites``."""

    enabled: bool = setting(True, "remove blocks that recur at the edges of many documents of one site")
    min_documents: int = setting(10, "a site with fewer documents is left alone", low=2)
    min_share: float = setting(0.3, "recurs: on at least this share of a site's documents", low=0.01, high=1.0)
    variations: bool = setting(True, "also remove lines that are nearly the same on at least half of the documents")
    edge: int = setting(12, "how many kept blocks from either end count as the edge", low=1)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Corpus stage ``duplicates``."""

    enabled: bool = setting(True, "remove near-duplicate paragraphs across and within documents")
    threshold: float = setting(0.8, "word-3-gram Jaccard from which two blocks are twins", low=0.1, high=1.0)
    min_words: int = setting(10, "a text of fewer words is a duplicate only if it is exactly the same", low=1)
    short_texts: bool = setting(False, "also remove short texts that are exactly the same as an earlier one")
    near: Near = setting(
        "jaccard", "what makes twins; containment: also a text that is nearly whole in a longer one (trimmed, padded)"
    )
    containment: float = setting(
        0.9, "with near containment: so much of the shorter text must be in the longer one", low=0.1, high=1.0
    )
    refrains: bool = setting(
        True, "leave natural repetition within a document: list items, and a block shown three times or more in between"
    )
    keeper: Keeper = setting("first", "which of several twins stays: first, longest or earliest (by date)")
    document_share: float = setting(
        0.8, "a document of which this share of words are duplicates is marked", low=0.0, high=1.0
    )
    drop_documents: bool = setting(False, "drop documents so marked altogether")


@dataclass(frozen=True, slots=True)
class Input:
    """What is read, and its limits."""

    format: InputFormat = setting("auto", "what an input is whose name does not say it")
    text_field: str = setting("text", "the field of a record that holds its text")
    html_field: str = setting("", "the field that holds HTML, read before text; empty: html or raw_html if no text")
    id_field: str = setting("id", "the field of a record that holds its id")
    url_field: str = setting("url", "the field of a record that holds its URL")
    max_bytes: int = setting(256_000_000, "an input (decompressed) over this size is rejected", low=1)
    source: str = setting("cleaner", "the value of every record's `source` field")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost before `cleaner run` gives it up; nothing else depends on them."""

    seconds: float = setting(
        60.0, "processor time that cleaning a document may take, and as much again for each MB of it", low=0.01
    )
    memory_mb: int = setting(4000, "memory, in MB, that cleaning a document may take", low=1)


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs the work of a corpus; nothing that comes out depends on it."""

    name: EngineName = setting("local", "what runs the work: processes of this machine, or Ray, here or on a cluster")
    address: str = setting(
        "", "the Ray cluster: auto, HOST:PORT or ray://HOST:PORT; empty: $RAY_ADDRESS, else one that lasts for the run"
    )
    task_cpus: float = setting(1.0, "with Ray, processors that a task asks for", low=0.01)
    task_memory_mb: int = setting(1000, "with Ray, memory, in MB, that a task asks for", low=1)
    retries: int = setting(3, "with Ray, how often a task is run again whose process or node was lost", low=0)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrase lists of one language: ``(concept, entries)``, sorted (see ``config/phrases/``)."""

    language: str
    lists: tuple[tuple[str, tuple[str, ...]], ...]

    def __hash__(self) -> int:
        return hash(self.language)  # of thousands of phrases it takes longer than the reading of a page


@dataclass(frozen=True, slots=True)
class SiteRule:
    """What is to go from the documents of a site, or to stay (docs/site-rules.md); at least one list is not empty."""

    name: str = setting("", "what the ledger calls it, behind the site: small letters, digits and hyphens")
    exact: tuple[str, ...] = setting((), "lines; case and spaces do not matter")
    prefix: tuple[str, ...] = setting((), "how lines begin; case and spaces do not matter")
    regex: tuple[str, ...] = setting((), "regular expressions that match whole lines; case does not matter")
    selectors: tuple[str, ...] = setting((), "CSS selectors, of HTML pages: blocks whose whole text they pick")
    reason: str = setting("", "why, for the ledger; left out: the pattern that matched")


@dataclass(frozen=True, slots=True)
class SiteRules:
    """The rules of one site: a file of ``config/sites``, and ``name`` is the file's name without its ending.

    ``phrases`` are ``(concept, entries)``, sorted, as in :class:`Phrases`.
    """

    name: str
    hosts: tuple[str, ...]
    remove: tuple[SiteRule, ...] = ()
    keep: tuple[SiteRule, ...] = ()
    phrases: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of a run; what :func:`cleaner.config.load` returns."""

    favor: Favor = setting("balanced", "which content stays in doubt: precision keeps less, recall keeps more")
    languages: tuple[str, ...] = setting((), "phrase lists to use, by language code; empty means all that are there")
    language_detector: Detector = setting(
        "words", "what tells the language: words (29 languages, built in) or langid (97; needs article-cleaner[langid])"
    )
    encoding: Encoding = Encoding()
    structure: Structure = Structure()
    calendars: Calendars = Calendars()
    tables: Tables = Tables()
    spacing: Spacing = Spacing()
    chrome: Chrome = Chrome()
    headings: Headings = Headings()
    filters: Filters = Filters()
    sites: Sites = Sites()
    duplicates: Duplicates = Duplicates()
    input: Input = Input()
    limits: Limits = Limits()
    engine: Engine = Engine()
    skip_stages: tuple[str, ...] = setting((), "stages to leave out, by name")
    phrases: tuple[Phrases, ...] = ()
    site_rules: tuple[SiteRules, ...] = ()
    stages: tuple[tuple[str, tuple[tuple[str, Value], ...]], ...] = ()

    def __hash__(self) -> int:
        return hash((self.favor, self.languages, self.skip_stages))  # it is asked for with every document

    def of_stage(self, name: str, kind: type[T]) -> T:
        """The settings of a stage from another package, section ``[stages.NAME]``, as the type that it declares."""
        return kind(**dict(dict(self.stages).get(name, ())))
