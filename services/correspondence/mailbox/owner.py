"""Whose the central mailbox is, and what an organisation says of itself in its mails."""

from sqlalchemy import Connection, select

from infra.mail import is_address
from infra.settings import Settings
from services.correspondence.mailbox.clock import Calendar
from services.correspondence.mailbox.composing import Office
from services.correspondence.views import policy_of
from services.personnel.contract import OrganisationKind, directory


def owner_of(connection: Connection, settings: Settings) -> str | None:
    """The organisation to which the mailbox belongs: the one whose code the settings name, else the
    office (the first by its code where there are several)."""
    known = directory.organisations
    query = select(known.c.id).where(known.c.closed.is_(False))
    if settings.saraban_organisation:
        query = query.where(known.c.code == settings.saraban_organisation)
    else:
        query = query.where(known.c.kind == OrganisationKind.OFFICE)
    return connection.execute(query.order_by(known.c.code, known.c.id).limit(1)).scalar()


def office_of(connection: Connection, settings: Settings, organisation: str) -> Office:
    """How `organisation` signs. Answers go to its own address where the mailbox is another's."""
    found = directory.organisation_of(connection, organisation)
    policy = policy_of(connection, organisation)
    name = found.name if found else policy.letterhead
    own = owner_of(connection, settings) == organisation
    return Office(
        name=name,
        english=policy.english_name or name,
        phone=policy.phone,
        reply_to="" if own or not is_address(policy.email) else policy.email,
    )


def calendar_of(settings: Settings) -> Calendar:
    """The working days, with those that the settings close."""
    return Calendar(frozenset(settings.closed_days))
