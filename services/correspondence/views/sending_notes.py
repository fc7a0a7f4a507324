"""What the send register says in หมายเหตุ of how a document went out (annex 7)."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, func, select

from infra.thai import format_moment
from services.correspondence.contract import RecipientChannel
from services.correspondence.views.sending_tables import deliveries

_d = deliveries.c
MOST = 20  # lines a document


def sending_notes(connection: Connection, documents: Collection[str]) -> dict[str, str]:
    """That it went by e-mail and when, each call by which it was confirmed, and who could not be
    reached time and again; of documents of which there is something to say."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    here = _d.document.in_(documents)
    mailed = (
        select(_d.document, func.count().label("count"), func.min(_d.sent_at).label("first"))
        .where(here, _d.channel == RecipientChannel.EMAIL, _d.sent_at.is_not(None))
        .group_by(_d.document)
    )
    for row in connection.execute(mailed):
        line = f"ส่งทางไปรษณีย์อิเล็กทรอนิกส์ {row.count:,} ราย {format_moment(row.first)}"
        lines[row.document].append(line)
    told = (
        select(deliveries)
        .where(here, _d.confirmed_at.is_not(None) | (_d.failures > 1))
        .order_by(_d.id)
    )
    for row in connection.execute(told):
        if row.confirmed_at is not None:
            at = format_moment(row.confirmed_at)
            lines[row.document].append(f"โทรยืนยันกับ {row.name} ({row.spoken_to}) {at}")
        if row.failures > 1:
            lines[row.document].append(f"ส่งไม่ถึง {row.name} {row.failures} ครั้ง: {row.reason}")
    return {document: _shortened(found) for document, found in lines.items()}


def _shortened(lines: list[str]) -> str:
    more = len(lines) - MOST
    return "\n".join([*lines[:MOST], f"และอีก {more:,} รายการ"] if more > 0 else lines)
