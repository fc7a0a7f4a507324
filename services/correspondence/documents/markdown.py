"""A body's Markdown as neutral blocks: what the page and the word processor are both made from.

What official letters have, and no more: paragraphs, numbered and dashed lists, tables, headings, bold
and italic. All else (HTML, links, pictures, code, quotations, rules) is the text that it is. As a
typist expects, a new line begins a new paragraph; a line that ends in two spaces or `\\` goes on in it.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

_OFF = [
    *("code", "fence", "blockquote", "hr", "reference", "html_block", "lheading"),
    *("backticks", "link", "image", "autolink", "html_inline", "entity"),
]


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Asterisks work beside any letter: CommonMark goes by spaces, which Thai does without."""
    if silent or state.src[state.pos] != "*":
        return False
    length = state.scanDelims(state.pos, True).length
    end = state.pos + length
    before = state.src[state.pos - 1] if state.pos else " "
    after = state.src[end] if end < state.posMax else " "
    for _ in range(length):
        state.push("text", "", 0).content = "*"
        place = len(state.tokens) - 1
        opens, closes = not after.isspace(), not before.isspace()
        state.delimiters.append(Delimiter(ord("*"), length, place, -1, opens, closes))
    state.pos = end
    return True


_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table").disable(_OFF)
_parser.inline.ruler.at("emphasis", _emphasis)


class Run(NamedTuple):
    """Words of one look; `\\n` in them is a line break."""

    text: str
    bold: bool = False
    italic: bool = False


Runs = tuple[Run, ...]


class Paragraph(NamedTuple):
    """`label` is its number or dash, if it begins an item of a list; `depth` how deep it stands."""

    runs: Runs
    label: str = ""
    depth: int = 0


class Heading(NamedTuple):
    runs: Runs
    level: int


class Table(NamedTuple):
    """`align` is left, center or right for each column; the first of `rows` is the heading."""

    align: tuple[str, ...]
    rows: tuple[tuple[Runs, ...], ...]


Block = Paragraph | Heading | Table


def blocks(text: str) -> list[Block]:
    """The blocks of `text`, in order."""
    return list(_blocks(SyntaxTreeNode(_parser.parse(text)), "", 0))


def _blocks(node: SyntaxTreeNode, number: str, depth: int) -> Iterator[Block]:
    """What is in `node`; `number` is the number of the item it belongs to ("1" of "1.2")."""
    for child in node.children:
        match child.type:
            case "paragraph":
                for runs in _paragraphs(child):
                    yield Paragraph(runs, depth=depth)
            case "heading":
                yield Heading(_joined(_runs(child)), int(child.tag[1:]))
            case "ordered_list" | "bullet_list":
                yield from _list(child, number, depth)
            case "table":
                yield _table(child)


def _list(node: SyntaxTreeNode, number: str, depth: int) -> Iterator[Block]:
    ordered = node.type == "ordered_list"
    first = int(str(node.attrs.get("start", 1))) if ordered else 0
    for count, item in enumerate(node.children, first):
        own = f"{number}.{count}" if number and item.markup == "." else str(count)
        label = (f"{own}{item.markup}" if "." not in own else own) if ordered else "-"
        inside = list(_blocks(item, own if ordered else "", depth + 1))
        begun = inside[0] if inside else None
        if isinstance(begun, Paragraph) and not begun.label:
            yield begun._replace(label=label, depth=depth)
            yield from inside[1:]
        else:
            yield Paragraph((), label, depth)
            yield from inside


def _table(node: SyntaxTreeNode) -> Table:
    rows = [row for part in node.children for row in part.children]
    align = tuple(
        str(cell.attrs.get("style", "")).removeprefix("text-align:") or "left"
        for cell in rows[0].children
    )
    return Table(align, tuple(tuple(_joined(_runs(cell)) for cell in row.children) for row in rows))


def _paragraphs(node: SyntaxTreeNode) -> Iterator[Runs]:
    """A paragraph for each line."""
    line: list[Run] = []
    for run in _runs(node):
        if run.text == "\r":
            yield tuple(line)
            line = []
        else:
            line.append(run)
    yield tuple(line)


def _joined(runs: Iterator[Run]) -> Runs:
    return tuple(run._replace(text="\n") if run.text == "\r" else run for run in runs)


def _runs(node: SyntaxTreeNode) -> Iterator[Run]:
    """The words of a block; `\\r` by itself stands where the typist went on to a new line."""
    bold = italic = 0
    for token in _inline(node):
        match token.type:
            case "strong_open" | "strong_close":
                bold += token.nesting
            case "em_open" | "em_close":
                italic += token.nesting
            case "softbreak":
                yield Run("\r")
            case "hardbreak":
                yield Run("\n", bold > 0, italic > 0)
            case _ if token.content:
                yield Run(token.content, bold > 0, italic > 0)


def _inline(node: SyntaxTreeNode) -> list[Token]:
    token = node.children[0].token if node.children else None
    return (token and token.children) or []


def worded(block: Block, change: Callable[[str], str]) -> Block:
    """`block` with all its words changed."""

    def changed(runs: Runs) -> Runs:
        return tuple(run._replace(text=change(run.text)) for run in runs)

    match block:
        case Paragraph(runs, label):
            return block._replace(runs=changed(runs), label=change(label))
        case Heading(runs):
            return block._replace(runs=changed(runs))
        case Table(_, rows):
            return block._replace(rows=tuple(tuple(map(changed, row)) for row in rows))


def plain(block: Block) -> Any:
    """The block as data for a template."""
    match block:
        case Paragraph(runs, label, depth):
            return {"is": "paragraph", "runs": _plain(runs), "label": label, "depth": depth}
        case Heading(runs, level):
            return {"is": "heading", "runs": _plain(runs), "level": level}
        case Table(align, rows):
            cells = [[_plain(cell) for cell in row] for row in rows]
            return {"is": "table", "align": align, "rows": cells}


def _plain(runs: Runs) -> list[dict[str, Any]]:
    return [run._asdict() for run in runs]
