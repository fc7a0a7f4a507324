"""Finding letters by any part of their text, as it is folded (`infra.thai`): a word from the middle,
Thai or Arabic digits, either spelling of สระอำ.

On PostgreSQL an index over the text's grams rules out what cannot fit; the rest is compared.
"""

import zlib
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import array

from infra import thai
from infra.eventstore.events import Event
from infra.thai import fold
from services.correspondence.contract import (
    GroupWorkClosed,
    LetterAssigned,
    LetterEndorsed,
    LetterForwarded,
    LetterOrdered,
    LetterProposed,
    LetterReturnedByGroup,
    LetterSentBack,
    ProgressNoted,
    RegistrationCancelled,
    ReportSentBack,
    ResultReported,
)
from services.correspondence.views.tables import letters, texts

_REGISTRATION = 7  # lines
COMMON = 2000  # letters from which on a word is common


def registration(numbered: Any, columns: Any) -> list[str]:
    """The pieces of a registration: `numbered` has number and year, `columns` the rest."""
    return [
        f"{numbered.number}/{numbered.year}",
        columns.reference,
        columns.subject,
        columns.sender,
        columns.recipient,
        columns.note,
        columns.defect,
    ]


def words(event: Event) -> list[str]:
    """What somebody wrote on the letter by this event."""
    match event:
        case (
            LetterProposed()
            | LetterEndorsed()
            | LetterOrdered()
            | LetterAssigned()
            | ProgressNoted()
            | ResultReported()
            | GroupWorkClosed()
        ):
            written = [event.text]
        case (
            LetterSentBack() | LetterReturnedByGroup() | ReportSentBack() | RegistrationCancelled()
        ):
            written = [event.reason]
        case LetterForwarded():
            written = [event.to, event.reason]
        case _:
            written = []
    return [piece for piece in written if piece]


def write(connection: Connection, letter: str, numbered: Any, pieces: list[str]) -> None:
    lines = [fold(piece) for piece in pieces]
    values = {"letter": letter} | _values(connection, numbered, lines)
    connection.execute(insert(texts), values)


def add(connection: Connection, numbered: Any, pieces: list[str]) -> None:
    _rewrite(connection, numbered, [*_lines(connection, numbered.id), *map(fold, pieces)])


def replace(connection: Connection, numbered: Any, pieces: list[str]) -> None:
    """Put another registration in the place of the one there was."""
    written = _lines(connection, numbered.id)[_REGISTRATION:]
    _rewrite(connection, numbered, [*map(fold, pieces), *written])


def _lines(connection: Connection, letter: str) -> list[str]:
    """Folded text holds no line break of its own."""
    folded: str = connection.execute(
        select(texts.c.folded).where(texts.c.letter == letter)
    ).scalar_one()
    return folded.split("\n")


def _rewrite(connection: Connection, numbered: Any, lines: list[str]) -> None:
    values = _values(connection, numbered, lines)
    connection.execute(update(texts).where(texts.c.letter == numbered.id).values(values))


def _values(connection: Connection, numbered: Any, lines: list[str]) -> dict[str, Any]:
    here = (numbered.organisation, numbered.register)
    return indexed(connection, lines, shelf(*here), shelf(*here, numbered.year))


def indexed(connection: Connection, lines: list[str], *shelves: int) -> dict[str, Any]:
    """The columns of a row with these folded lines, which stands on those shelves."""
    values: dict[str, Any] = {"folded": "\n".join(lines)}
    if connection.dialect.name == "postgresql":
        found = {gram for line in lines for gram in thai.grams(line)}
        values["grams"] = sorted(found.union(shelves))
    return values


def shelf(*place: str | int) -> int:
    """A gram that all texts of one place have (a register, one year of it), and few others: by it
    the index leaves out those of other organisations and years."""
    number = zlib.crc32("\n".join(map(str, place)).encode())
    return number - 2**32 if number >= 2**31 else number


def matches(
    connection: Connection,
    q: str,
    organisation: str,
    register: str,
    year: int | None = None,
    common: bool = False,
) -> ColumnElement[bool] | None:
    """The condition that a letter's text holds every word of `q` somewhere; None where `q` has none.

    Where a letter stands is for the caller to ask for, too. What is `common` is met before long by
    reading letters in their order, without the index.
    """
    if common:
        found = and_(*(holds(connection, texts.c.folded, word) for word in fold(q).split()))
    else:
        here = _place(organisation, register, year)
        indexed_find = found_on(connection, texts, q, here)
        if indexed_find is None:
            return None
        found = indexed_find
    return and_(texts.c.letter == letters.c.id, found)


def is_common(
    connection: Connection, q: str, organisation: str, register: str, year: int | None = None
) -> bool:
    """Whether more than COMMON letters may hold `q`, by the index alone."""
    wanted = fold(q).split()
    if not wanted or connection.dialect.name != "postgresql":
        return bool(wanted)  # SQLite has no index to find few by
    fits = select(literal(1)).where(_fits(texts, wanted, _place(organisation, register, year)))
    some = fits.limit(COMMON + 1).subquery()
    _by_index(connection)
    return connection.execute(select(func.count()).select_from(some)).scalar_one() > COMMON


def found_on(
    connection: Connection, table: Table, q: str, place: int
) -> ColumnElement[bool] | None:
    """The condition that a row's text (`table` has `folded` and `grams`), on that shelf, holds every
    word of `q` somewhere; None where `q` has none."""
    wanted = fold(q).split()
    if not wanted:
        return None
    conditions = [holds(connection, table.c.folded, word) for word in wanted]
    if connection.dialect.name == "postgresql":
        conditions.insert(0, _fits(table, wanted, place))
        _by_index(connection)
    return and_(*conditions)


def _place(organisation: str, register: str, year: int | None) -> int:
    return shelf(organisation, register) if year is None else shelf(organisation, register, year)


def _fits(table: Table, wanted: list[str], place: int) -> ColumnElement[bool]:
    """The condition that a row has all grams of the words."""
    grams = {gram for word in wanted for gram in thai.needles(word)}
    condition: ColumnElement[bool] = table.c.grams.op("@>")(array(sorted({place, *grams})))
    return condition


def _by_index(connection: Connection) -> None:
    # A scan would unpack the grams of every row: even for a word that stands everywhere the
    # index is cheaper, which the planner does not know.
    connection.execute(text("SET LOCAL enable_seqscan = off"))


def holds(connection: Connection, column: ColumnElement[str], q: str) -> ColumnElement[bool]:
    """The condition that a folded column holds `q`, of whatever characters, somewhere."""
    place = func.strpos if connection.dialect.name == "postgresql" else func.instr
    condition: ColumnElement[bool] = place(column, fold(q)) > 0
    return condition
