"""What can be done to organisations, people, posts, accounts and sessions."""

from enum import StrEnum

from infra import fields
from infra.contract import Command, Done, Shape
from infra.identity import Capacity, Role
from services.personnel.contract.events import OrganisationKind
from services.personnel.contract.queries import PasskeyAnswer


class AddOrganisation(Command):
    """Add the office, or a school under it; `code` and name must be new."""

    service = "personnel"
    kind = fields.Choice(OrganisationKind, required=True)
    code = fields.Text(max=20, required=True)
    name = fields.Text(max=200, required=True)
    short_name = fields.Text(max=100, blank=True, load_default="")


class ChangeOrganisation(Command):
    """Correct what is known of an organisation."""

    service = "personnel"
    id = fields.Id(required=True)
    code = fields.Text(max=20, required=True)
    name = fields.Text(max=200, required=True)
    short_name = fields.Text(max=100, blank=True, load_default="")


class CloseOrganisation(Command):
    """Note that a school is no longer there; nobody may hold a post in it."""

    service = "personnel"
    id = fields.Id(required=True)
    reason = fields.Text(max=500, required=True)


class AddGroup(Command):
    """Add a group to an organisation; one group at a time does general administration."""

    service = "personnel"
    organisation = fields.Id(required=True)
    name = fields.Text(max=200, required=True)
    central = fields.Boolean(load_default=False)


class ChangeGroup(Command):
    """Rename a group, or let it do general administration."""

    service = "personnel"
    id = fields.Id(required=True)
    name = fields.Text(max=200, required=True)
    central = fields.Boolean(load_default=False)


class CloseGroup(Command):
    """Note that a group is no longer there; it must have no open posts."""

    service = "personnel"
    id = fields.Id(required=True)


class _PersonData(Command):
    """What is personal; kept in tables, never in events. `prefix` is คำนำหน้าชื่อ."""

    service = "personnel"
    prefix = fields.Text(max=60, blank=True, load_default="")
    first_name = fields.Text(max=100, required=True)
    last_name = fields.Text(max=100, required=True)
    email = fields.Text(max=200, blank=True, load_default="")
    phone = fields.Text(max=50, blank=True, load_default="")


class AddPerson(_PersonData):
    """Add a person to an organisation."""

    organisation = fields.Id(required=True)


class ChangePerson(_PersonData):
    """Correct a person's data."""

    id = fields.Id(required=True)


class ErasePerson(Command):
    """Erase a person's data and account for good; they may hold no post any longer."""

    service = "personnel"
    id = fields.Id(required=True)


# What is only in the office, and what only in schools; all other roles are in both.
ROLES_OF_ONE_KIND: dict[Role, OrganisationKind] = {
    Role.DIRECTOR: OrganisationKind.OFFICE,
    Role.DEPUTY: OrganisationKind.OFFICE,
    Role.SECRETARY: OrganisationKind.OFFICE,
    Role.CENTRAL_CLERK: OrganisationKind.OFFICE,
    Role.SCHOOL_DIRECTOR: OrganisationKind.SCHOOL,
    Role.SCHOOL_CLERK: OrganisationKind.SCHOOL,
}


class CreatePost(Command):
    """Create a post in an organisation, in one of its groups or above them.

    Its role must be one that there is in such an organisation (`ROLES_OF_ONE_KIND`).
    """

    service = "personnel"
    organisation = fields.Id(required=True)
    group = fields.Id(load_default=None, allow_none=True)
    role = fields.Choice(Role, required=True)
    title = fields.Text(max=300, required=True)


class ChangePost(Command):
    """Retitle a post, or move it to another group."""

    service = "personnel"
    id = fields.Id(required=True)
    group = fields.Id(load_default=None, allow_none=True)
    title = fields.Text(max=300, required=True)


class ClosePost(Command):
    """Do away with a post after `last_day`; nobody may hold it then."""

    service = "personnel"
    id = fields.Id(required=True)
    last_day = fields.Date(required=True)


class FillPost(Command):
    """Put a person into a post; nobody else may hold it in that time."""

    service = "personnel"
    id = fields.Id(required=True)
    person = fields.Id(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(load_default=None, allow_none=True)


class VacatePost(Command):
    """End the time of the person who holds the post on `last_day` or later."""

    service = "personnel"
    id = fields.Id(required=True)
    person = fields.Id(required=True)
    last_day = fields.Date(required=True)


class Appointed(Done):
    """`acting` is the appointment's own id, by which it is ended."""

    acting = fields.Id(required=True)


class AppointActing(Command):
    """Let a person act in a post; one at a time in each post (`own_post`: one they hold)."""

    service = "personnel"
    answer = Appointed
    id = fields.Id(required=True)
    person = fields.Id(required=True)
    own_post = fields.Id(load_default=None, allow_none=True)
    capacity = fields.Choice(Capacity, required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(load_default=None, allow_none=True)
    order = fields.Text(max=200, required=True)


class EndActing(Command):
    """End an acting appointment early; the administrator, or the post's holder who is back."""

    service = "personnel"
    id = fields.Id(required=True)
    acting = fields.Id(required=True)
    last_day = fields.Date(required=True)


class OpenAccount(Command):
    """Give a person a user name and a first password, to be changed at the first log-in."""

    service = "personnel"
    id = fields.Id(required=True)
    username = fields.Text(max=60, required=True)
    password = fields.Text(max=200, required=True)
    must_change = fields.Boolean(load_default=True)


class ResetPassword(Command):
    """Give a person a new password and end their sessions."""

    service = "personnel"
    id = fields.Id(required=True)
    password = fields.Text(max=200, required=True)
    must_change = fields.Boolean(load_default=True)


class LockAccount(Command):
    """Let a person no longer log in; their sessions end."""

    service = "personnel"
    id = fields.Id(required=True)


class UnlockAccount(Command):
    """Let a person log in again."""

    service = "personnel"
    id = fields.Id(required=True)


class Session(Shape):
    """`token` is the session's secret: a bearer token, or what the browser's cookie keeps."""

    token = fields.Text(required=True)
    expires_at = fields.Moment(required=True)
    person = fields.Id(required=True)
    must_change_password = fields.Boolean(required=True)


class LogIn(Command):
    """Begin a session by user name and password."""

    service = "personnel"
    public = True
    answer = Session
    username = fields.Text(max=60, required=True)
    password = fields.Text(max=200, required=True)


class Nothing(Shape):
    """Done; there is nothing more to say."""


class LogOut(Command):
    """End a session."""

    service = "personnel"
    answer = Nothing
    session = fields.Text(max=200, required=True)


class ChangePassword(Command):
    """Choose a password of one's own; the person's other sessions end (`session` stays)."""

    service = "personnel"
    answer = Nothing
    session = fields.Text(max=200, required=True)
    current = fields.Text(max=200, required=True)
    new = fields.Text(max=200, required=True)


class Confirmed(Shape):
    """`confirmation` proves to every service for two minutes that the actor confirmed `subject`."""

    confirmation = fields.Text(max=4000, required=True)


class PasskeyOptions(Shape):
    """`options` is what the browser is given (JSON), binary as base64url; good for five minutes."""

    options = fields.Text(max=50_000, required=True)


class ConfirmByPassword(Command):
    """Show again who one is, by one's password, for one thing alone: the document to be signed."""

    service = "personnel"
    remembered = False
    answer = Confirmed
    subject = fields.Id(required=True)
    password = fields.Text(max=200, required=True)


class BeginPasskey(Command):
    """Begin to add a passkey of one's own; `confirmation` is of oneself, by password or passkey."""

    service = "personnel"
    remembered = False
    answer = PasskeyOptions
    confirmation = fields.Text(max=4000, required=True)


class AddPasskey(Command):
    """Add the passkey that the browser made; `credential` is its answer (JSON), binary as base64url."""

    service = "personnel"
    answer = PasskeyAnswer
    name = fields.Text(max=60, required=True)
    credential = fields.Text(max=20_000, required=True)


class RemovePasskey(Command):
    """Take a passkey of one's own away."""

    service = "personnel"
    answer = Nothing
    id = fields.Id(required=True)


class BeginConfirmation(Command):
    """Begin to confirm `subject` by one of one's passkeys."""

    service = "personnel"
    remembered = False
    answer = PasskeyOptions
    subject = fields.Id(required=True)


class ConfirmByPasskey(Command):
    """Confirm `subject` by what a passkey answered; `credential` is that (JSON), binary as base64url."""

    service = "personnel"
    remembered = False
    answer = Confirmed
    subject = fields.Id(required=True)
    credential = fields.Text(max=20_000, required=True)


class ImportKind(StrEnum):
    PEOPLE = "people"
    SCHOOLS = "schools"


class ImportFault(Shape):
    """What is wrong in a file: `line` as a spreadsheet counts (the heading is 1), `column` by its heading."""

    line = fields.Integer(required=True)
    column = fields.Text(required=True, blank=True)
    message = fields.Text(required=True)


class ImportReport(Shape):
    """What an import found: `loaded` is false for a dry run, and wherever there are faults."""

    rows = fields.Integer(required=True)
    new = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    same = fields.Integer(required=True)
    faults = fields.Many(fields.Nested(ImportFault), max=1000, required=True)
    loaded = fields.Boolean(required=True)


class ImportDirectory(Command):
    """Load people or schools from an uploaded CSV or XLSX; nothing until the file is without fault."""

    service = "personnel"
    answer = ImportReport
    kind = fields.Choice(ImportKind, required=True)
    upload = fields.Id(required=True)
    dry_run = fields.Boolean(load_default=True)
