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
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from cleaner.document import Kind
from cleaner.readers.html.boxes import NOTHING_PICKED, Box, Piece, outside
from cleaner.readers.html.grid import Table

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    Telling = Mapping[str, Sequence[LexborNode]]
    """Elements that may say something of the page as a whole, by tag, in document order."""

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
TELLING = ("meta", "script", "link", "time")
"""The tags of :class:`Telling`: a walk looks at every node anyhow, a selector would once more."""
TEXT = 2
"""The parser's number of the tag that text nodes have (``LXB_TAG__TEXT`` of lexbor/tag/const.h)."""

Picks = Mapping[int, tuple[str, ...]]
"""Elements, by the parser's number of each, that selectors of site rules pick: the rules' labels."""
NO_PICKS: Picks = MappingProxyType({})

_PRE = frozenset(("pre", "listing", "xmp", "plaintext"))
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_SPECIAL = frozenset(
    (*_HEADINGS, *_LISTS, *_PRE, "li", "blockquote", "dialog", *"table thead tbody tfoot tr td th".split())
)
"""Blocks that are more than a box."""
_INLINE = frozenset(("a", "br", "img", *TELLING))
"""Inline elements that say more than the text in them."""
_Role = Literal["block", "inline", "plain", "skipped"]
_NAMES = ("id", "role", "itemprop")  # and "class"
_MORE = frozenset((*_NAMES, "hidden", "style"))
"""Attributes that tell something; most elements have none of them, and no more than a class."""
_SPACES = re.compile(r"[ \t\n\f\r](?:[ \t\n\f\r]+|(?<! ))")  # all that is not one space already
_LEADING = re.compile(r"[ \t\n\f\r]*\+?([0-9]{1,12})")
_NEWLINE = re.compile(r"\r\n?")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Walk:
    """The state of one walk: ``boxes`` in document order, ``pieces`` in reading order, ``telling`` elements."""

    def __init__(self, *, scripting: bool = True, picks: Picks = NO_PICKS) -> None:
        """Without ``scripting``, what stands in ``<noscript>`` is seen."""
        self.boxes: list[Box] = []
        self.pieces: list[Piece] = []
        self.telling: dict[str, list[LexborNode]] = {tag: [] for tag in TELLING}
        self.visible = 0  # characters read
        self._skipped = SKIPPED if scripting else SKIPPED - {"noscript"}
        self.noscript = 0  # characters of markup inside <noscript> in the body
        self._box = outside()
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
        roles: dict[int, tuple[_Role, str]] = {}  # by the parser's number of a tag, cheaper to ask for than its name
        above: list[tuple[LexborNode, _Role, str]] = []  # the open elements
        node, buffer, picking = root, self._buffer, bool(self._picks)
        while node is not None:
            number = node.tag_id
            if number == TEXT:
                text = node.text_content or ""
                if buffer or self._pre or not text.isspace():  # no run of text begins with space
                    buffer.append(text)
                    if self._anchors:
                        self._links += _size(text)
                    if self._open_picks:
                        self._picked.update(dict.fromkeys(self._open_picks, _size(text)))
            else:
                if number not in roles:
                    roles[number] = self._role(node.tag or "")
                role, tag = roles[number]
                if picking:
                    self._open_picks.update(self._picks.get(node.mem_id, ()))
                if role == "block":
                    self._open(node, tag)
                elif role != "plain":
                    self._inline(node, tag)
                child = node.first_child if role != "skipped" else None
                if child is not None:
                    above.append((node, role, tag))
                    node = child
                    continue
                if role != "plain" or picking:
                    self._leave(node, role, tag)
            following = node.next
            while following is None and above:
                node, role, tag = above.pop()
                if role != "plain" or picking:
                    self._leave(node, role, tag)
                following = node.next
            node = following
        if self._buffer:
            self._flush()
        return self

    def _role(self, tag: str) -> tuple[_Role, str]:
        """What a tag's elements are to the walk, and the tag."""
        if tag in BLOCKS:
            return "block", tag
        if tag in self._skipped or tag.startswith(("-", "!")):
            return "skipped", tag
        return ("inline" if tag in _INLINE else "plain"), tag

    def _inline(self, node: LexborNode, tag: str) -> None:
        """Open what is no block, and more than what stands in it."""
        if tag == "a":
            self._anchors += 1
        elif tag == "br":
            if self._pre:
                self._buffer.append("\n")
            elif self._box.kind == "heading":
                self._buffer.append(" ")
            elif self._buffer:
                self._flush()
        elif tag == "img":
            if self._tables:
                self._tables[-1].add_alt(" ".join((node.attributes.get("alt") or "").split()))
        elif tag == "noscript" and node.first_child is not None:  # skipped
            self.noscript += len(node.first_child.text_content or "")
        elif tag in TELLING:
            self.telling[tag].append(node)
        elif tag == "head":  # skipped
            for one in node.css(", ".join(TELLING)):
                self.telling[one.tag or ""].append(one)

    def _leave(self, node: LexborNode, role: _Role, tag: str) -> None:
        if role == "block":
            if self._buffer:
                self._flush()
            if tag in _SPECIAL:
                self._close(tag)
            box = self._box
            box.end = len(self.boxes)
            if box.parent is not None:
                self._box = box.parent
        elif tag == "a":
            self._anchors -= 1
        if self._open_picks:
            self._open_picks -= Counter(self._picks.get(node.mem_id, ()))  # only what is still open stays in it

    def _open(self, node: LexborNode, tag: str) -> None:
        """Open a block."""
        if self._buffer:
            self._flush()
        parent = self._box
        attributes = node.attributes
        told, hidden = attributes.get("class") or "", False
        if not _MORE.isdisjoint(attributes):
            told, hidden = _told(told, attributes), _is_hidden(attributes)
        box = self._box = Box(
            parent if parent.index >= 0 else None,
            tag,
            told,
            len(self.boxes),
            hidden,
            parent.kind,
            parent.level,
            "",
            parent.item,
            parent.lists,
        )
        self.boxes.append(box)
        if tag in _SPECIAL:
            self._begin(tag, box, parent, attributes)

    def _begin(self, tag: str, box: Box, parent: Box, attributes: dict[str, str | None]) -> None:
        """What is special about the block that has just been opened."""
        if tag in _HEADINGS:
            box.kind, box.level, box.item = "heading", _HEADINGS[tag], -1
        elif tag in _LISTS:
            box.lists += 1
            box.next_number = _integer(attributes.get("start"), 1, 10**8)
        elif tag == "li":
            box.item = box.index
            box.kind, box.level, box.mark = "list_item", max(1, box.lists), _mark(parent)
        elif tag == "blockquote":
            box.kind, box.item = "quote", -1
        elif tag in _PRE:
            self._pre += 1
            box.kind = "code"
        elif tag == "dialog":
            box.hidden |= "open" not in attributes
        elif tag == "table":
            self._tables.append(Table(box, len(self.pieces), (attributes.get("role") or "").lower()))
        elif self._tables:
            table = self._tables[-1]
            if tag == "tr":
                table.open_row(box.hidden or (parent.tag != "table" and parent.hidden))
            elif tag in ("td", "th"):
                columns, rows = _span(attributes.get("colspan")) or 1, _span(attributes.get("rowspan"))
                table.open_cell(tag == "th", len(self.pieces), columns, rows, box.hidden)
            else:
                table.open_group(tag)

    def _close(self, tag: str) -> None:
        """What is special about the end of a block."""
        if tag in _PRE:
            self._pre -= 1
        elif tag in ("td", "th") and self._tables:
            self._tables[-1].close_cell(len(self.pieces))
        elif tag == "table":
            table = self._tables.pop()
            table.settle(self.pieces)
            if self._tables:
                self._tables[-1].nesting = max(self._tables[-1].nesting, table.nesting + 1)

    def _flush(self) -> None:
        """End the current run of text."""
        box = self._box
        if self._pre and box.tag not in _PRE:  # a box for each line, as some highlighters make
            self._buffer.append("\n")
            return
        raw, links = "".join(self._buffer), self._links
        picked = self._picked_whole(raw) if self._picked else NOTHING_PICKED
        self._buffer.clear()
        self._links = 0
        text = raw.strip()
        if not text:
            return
        kind: Kind = box.kind
        if kind == "code":
            text = _NEWLINE.sub("\n", raw).strip("\n").rstrip()
        elif "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text:  # most have none
            text = _SPACES.sub(" ", text)
        level, mark = 0, ""
        if kind == "heading":
            level = box.level
        elif kind == "list_item":
            item = self.boxes[box.item]
            if item.item_used:  # what follows an item's first line is a paragraph of its own
                kind = "paragraph"
            else:
                level, mark = box.level, item.mark
                item.item_used = True
        self.visible += len(text)
        self.pieces.append(Piece(box, kind, text, links, level, mark, (), picked))

    def _picked_whole(self, raw: str) -> frozenset[str]:
        """The rules that pick all of the buffer's text; what is counted of it is forgotten."""
        size = _size(raw)
        picked = frozenset(name for name, number in self._picked.items() if number == size)
        self._picked.clear()
        return picked


def _size(text: str) -> int:
    """Characters of a text that are no space."""
    return len("".join(text.split()))


def _told(classes: str, attributes: dict[str, str | None]) -> str:
    """The names that an element has in its attributes, space between them."""
    return " ".join(filter(None, (classes, *map(attributes.get, _NAMES))))


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


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    style = attributes.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))
