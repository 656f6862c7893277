"""One iterative walk over a parsed page: visible text nodes to pieces, block elements to boxes.

White space collapses as in a browser, inline elements never break a word, block elements and
``<br>`` always do.  Nothing here recurses, so nesting depth is bounded by memory alone.

What counts as visible: every text node except those in elements that browsers never render
(``SKIPPED``).  Text hidden by an attribute (``hidden``, ``display:none``, a closed dialog) *is*
read, because scripts reveal it on many pages; its boxes say so (``Box.hidden``).  Text marked
``aria-hidden`` is seen by readers and is read like any other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleaner.document import Kind
from cleaner.readers.html.boxes import MAX_PATH, NOTHING_PICKED, Box, Piece, name_words
from cleaner.readers.html.grid import Table

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

SKIPPED = frozenset(
    "head script style template noscript noframes noembed iframe object audio video canvas textarea select datalist"
    " title desc metadata rp".split()
)
"""Elements whose text a reader does not see: code, fallbacks, form values, tooltips."""

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup p plaintext pre"
    " search section summary table tbody td tfoot th thead tr ul xmp".split()
)
Picks = Mapping[int, tuple[str, ...]]
"""Elements, by the parser's number of each, that selectors of site rules pick: the rules' labels."""
NO_PICKS: Picks = MappingProxyType({})

_PRE = frozenset(("pre", "listing", "xmp", "plaintext"))
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_NAMES = ("class", "id", "role", "itemprop")
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_SPACE = re.compile(r"[ \t\n\f\r]+")
_LEADING = re.compile(r"[ \t\n\f\r]*\+?([0-9]{1,12})")
_NEWLINE = re.compile(r"\r\n?")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Walk:
    """The state of one walk: ``boxes`` in document order, ``pieces`` in reading order."""

    def __init__(self, *, scripting: bool = True, picks: Picks = NO_PICKS) -> None:
        """Without ``scripting``, what stands in ``<noscript>`` is seen."""
        self.boxes: list[Box] = []
        self.pieces: list[Piece] = []
        self.visible = 0  # characters read
        self._skipped = SKIPPED if scripting else SKIPPED - {"noscript"}
        self.noscript = 0  # characters of markup inside <noscript> in the body
        self._box = Box(None, "")
        self._buffer: list[str] = []
        self._links = 0  # characters of the buffer inside <a>
        self._anchors = 0  # open <a> elements
        self._pre = 0  # open <pre> elements
        self._tables: list[Table] = []
        self._picks = picks
        self._open_picks: Counter[str] = Counter()  # rules, by how many of the open elements they pick
        self._picked: Counter[str] = Counter()  # characters of the buffer in elements that a rule picks

    def run(self, root: LexborNode | None) -> Walk:
        """Visit every node below ``root`` once."""
        node, path = root, list[str]()  # path: the tags of the open elements above the node
        while node is not None:
            tag = node.tag or ""
            child = self._enter(node, tag)
            if child is not None:
                path.append(tag)
                node = child
                continue
            self._leave(node, tag)
            following = node.next
            while following is None and path:
                node = node.parent
                if node is None:
                    break
                self._leave(node, path.pop())
                following = node.next
            node = following
        self._flush()
        return self

    def _enter(self, node: LexborNode, tag: str) -> LexborNode | None:
        """Open a node; its first child if there is something in it to visit."""
        if self._picks:
            self._open_picks.update(self._picks.get(node.mem_id, ()))
        if tag == "-text":
            text = node.text_content or ""
            if self._anchors:
                self._links += sum(map(len, text.split()))
            if self._open_picks:
                self._picked.update(dict.fromkeys(self._open_picks, sum(map(len, text.split()))))
            self._buffer.append(text)
            return None
        if tag in BLOCKS:
            self._flush()
            self._open(node, tag)
        elif tag == "br":
            if self._pre:
                self._buffer.append("\n")
            elif self._box.kind == "heading":
                self._buffer.append(" ")
            else:
                self._flush()
        elif tag in self._skipped or tag.startswith(("-", "!")):
            if tag == "noscript" and node.first_child is not None:
                self.noscript += len(node.first_child.text_content or "")
            return None
        elif tag == "a":
            self._anchors += 1
        elif tag == "img" and self._tables:
            self._tables[-1].add_alt(" ".join((node.attributes.get("alt") or "").split()))
        return node.first_child

    def _leave(self, node: LexborNode, tag: str) -> None:
        if tag in BLOCKS:
            self._flush()
            self._close(tag)
        elif tag == "a":
            self._anchors -= 1
        if self._open_picks:
            self._open_picks -= Counter(self._picks.get(node.mem_id, ()))  # only what is still open stays in it

    def _open(self, node: LexborNode, tag: str) -> None:
        parent = self._box
        attributes = node.attributes
        names = [name for key in _NAMES if (name := attributes.get(key))] if attributes else ()
        own = name_words(" ".join(names)) if names else ()
        box = Box(
            parent if parent.tag else None,
            tag,
            f"{parent.path}/{tag}" if parent.path.count("/") < MAX_PATH else parent.path,
            own,
            (own + parent.words)[:MAX_PATH] if own else parent.words,
            _is_hidden(tag, attributes),
            parent.kind,
            parent.level,
            "",
            parent.item,
            lists=parent.lists,
        )
        if tag == "body":
            box.path = ""
        elif tag in _HEADINGS:
            box.kind, box.level, box.item = "heading", _HEADINGS[tag], None
        elif tag in _LISTS:
            box.lists += 1
            box.next_number = _integer(attributes.get("start"), 1, 10**8)
        elif tag == "li":
            box.item = box
            box.kind, box.level, box.mark = "list_item", max(1, box.lists), _mark(parent)
        elif tag == "blockquote":
            box.kind, box.item = "quote", None
        elif tag in _PRE:
            self._pre += 1
            box.kind = "code"
        elif tag == "table":
            self._tables.append(Table(box, len(self.pieces), (attributes.get("role") or "").lower()))
        elif self._tables:
            table = self._tables[-1]
            if tag in ("thead", "tbody", "tfoot"):
                table.open_group(tag)
            elif tag == "tr":
                table.open_row(box.hidden or (parent.tag != "table" and parent.hidden))
            elif tag in ("td", "th"):
                columns, rows = _span(attributes.get("colspan")) or 1, _span(attributes.get("rowspan"))
                table.open_cell(tag == "th", len(self.pieces), columns, rows, box.hidden)
        self._box = box
        box.index = len(self.boxes)
        self.boxes.append(box)

    def _close(self, tag: str) -> None:
        if tag in _PRE:
            self._pre -= 1
        elif tag in ("td", "th") and self._tables:
            self._tables[-1].close_cell(len(self.pieces))
        elif tag == "table":
            table = self._tables.pop()
            table.settle(self.pieces)
            if self._tables:
                self._tables[-1].nesting = max(self._tables[-1].nesting, table.nesting + 1)
        self._box.end = len(self.boxes)
        if self._box.parent is not None:
            self._box = self._box.parent

    def _flush(self) -> None:
        """End the current run of text."""
        if not self._buffer:
            return
        if self._pre and self._box.tag not in _PRE:  # a box for each line, as some highlighters make
            self._buffer.append("\n")
            return
        raw = "".join(self._buffer)
        links = self._links
        picked = self._picked and self._picked_whole(raw)
        self._buffer.clear()
        self._links = 0
        if not raw or raw.isspace():
            return
        box = self._box
        kind: Kind = box.kind
        text = _NEWLINE.sub("\n", raw).strip("\n").rstrip() if kind == "code" else _SPACE.sub(" ", raw).strip()
        level, mark = box.level, ""
        if kind == "list_item" and box.item is not None:
            mark = box.item.mark
            if box.item.item_used:  # what follows an item's first line is a paragraph of its own
                kind, level, mark = "paragraph", 0, ""
            box.item.item_used = True
        elif kind != "heading":
            level = 0
        self.visible += len(text)
        self.pieces.append(Piece(box, kind, text, links, level, mark, picked=picked or NOTHING_PICKED))

    def _picked_whole(self, raw: str) -> frozenset[str]:
        """The rules that pick all of the buffer's text; what is counted of it is forgotten."""
        size = sum(map(len, raw.split()))
        picked = frozenset(name for name, number in self._picked.items() if number == size)
        self._picked.clear()
        return picked


def _mark(parent: Box) -> str:
    if parent.tag != "ol":
        return "- "
    number, parent.next_number = parent.next_number, parent.next_number + 1
    return f"{number}. "


def _integer(value: str | None, default: int, most: int) -> int:
    """A small positive integer attribute; the default for anything else."""
    if value and value.strip().isdecimal() and len(value) < 12:
        return min(most, int(value)) or default
    return default


def _span(value: str | None) -> int:
    """How many columns or rows a cell spans, by HTML's rules for integers: "2.5" and "2px" are 2, junk is 1."""
    match = _LEADING.match(value or "")
    return min(1000, int(match[1])) if match else 1


def _is_hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    if not attributes:
        return tag == "dialog"
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    if tag == "dialog" and "open" not in attributes:
        return True
    style = attributes.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))
