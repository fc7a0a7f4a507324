"""What Prometheus is told of the central mailbox."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, func, select

from infra.clock import system_clock
from infra.metrics import Figure
from services.correspondence.contract import ArrivalState
from services.correspondence.mailbox.outbox import MailState, mails
from services.correspondence.mailbox.tables import smtp, taken
from services.correspondence.views.sending_tables import arrivals

SOON = timedelta(hours=1)


def figures(connection: Connection) -> Iterator[Figure]:
    """How many mails wait or failed, whether a server is away, and how many e-mails that came are
    not acknowledged though their clock (annex 7) has run out or soon will."""
    counted = connection.execute(
        select(mails.c.state, func.count().label("number")).group_by(mails.c.state)
    )
    found = {row.state: row.number for row in counted}
    for state in (MailState.WAITING, MailState.FAILED):
        yield Figure("amnuay_emails", found.get(state, 0), (state.value,))
    yield Figure("amnuay_mail_server_away", smtp.away(connection) is not None)
    now = system_clock()
    by = connection.execute(
        select(taken.c.acknowledge_by)
        .join(arrivals, arrivals.c.id == taken.c.arrival)
        .where(
            arrivals.c.acknowledged_at.is_(None),
            arrivals.c.state != ArrivalState.REFUSED,
            taken.c.acknowledge_by <= now + SOON,
        )
    )
    moments = list(by.scalars())
    late = sum(moment < now for moment in moments)
    yield Figure("amnuay_mail_unacknowledged", len(moments) - late, ("soon",))
    yield Figure("amnuay_mail_unacknowledged", late, ("late",))
