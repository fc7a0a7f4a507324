"""What can be asked about organisations, people and posts, and the shapes of the answers."""

from infra import fields
from infra.contract import Query, Shape
from infra.identity import Capacity, Role
from services.personnel.contract.events import OrganisationKind


class Authenticated(Shape):
    """`token` proves to every service who acts, from which seats, for some minutes."""

    token = fields.Text(required=True, max=20_000)


class Authenticate(Query):
    """The signed token of a session; `post` narrows it to the seat of one post, in its organisation."""

    service = "personnel"
    public = True
    answer = Authenticated
    session = fields.Text(max=200, required=True)
    post = fields.Id(load_default=None, allow_none=True)


class OfficeNameAnswer(Shape):
    """Blank before there is an office."""

    name = fields.Text(required=True, blank=True)


class OfficeName(Query):
    """What the office is called, for whoever stands at its door."""

    service = "personnel"
    public = True
    answer = OfficeNameAnswer


class SeatAnswer(Shape):
    """A post from which somebody acts today; `signature` are the lines under their name."""

    post = fields.Id(required=True)
    organisation = fields.Id(required=True)
    group = fields.Id(required=True, allow_none=True)
    group_name = fields.Text(required=True, blank=True)
    role = fields.Choice(Role, required=True)
    title = fields.Text(required=True)
    capacity = fields.Choice(Capacity, required=True, allow_none=True)
    signature = fields.Many(fields.Text(blank=True), required=True)


class MeAnswer(Shape):
    """Who I am, where I act, and the posts I act from today (all of them, whichever I chose)."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    username = fields.Text(required=True, blank=True)
    email = fields.Text(required=True, blank=True)
    organisation = fields.Id(required=True)
    organisation_name = fields.Text(required=True)
    organisation_kind = fields.Choice(OrganisationKind, required=True)
    seats = fields.Many(fields.Nested(SeatAnswer), required=True)
    must_change_password = fields.Boolean(required=True)


class Me(Query):
    """Who I am."""

    service = "personnel"
    answer = MeAnswer


class PasskeyAnswer(Shape):
    """A key in a device of mine, by which I confirm who I am."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    added_at = fields.Moment(required=True)
    used_at = fields.Moment(required=True, allow_none=True)


class PasskeyList(Shape):
    """`site` is where they can be used (`https://…`); blank where browsers would not let them be."""

    items = fields.Many(fields.Nested(PasskeyAnswer), required=True)
    site = fields.Text(required=True, blank=True)


class ListPasskeys(Query):
    """My passkeys, the newest first."""

    service = "personnel"
    answer = PasskeyList


class NameAnswer(Shape):
    """A person's name, with the title of their first post today."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    title = fields.Text(required=True, blank=True)


class NamesAnswer(Shape):
    items = fields.Many(fields.Nested(NameAnswer), required=True)


class Names(Query):
    """The names of people by id; an erased person is `(ลบข้อมูลแล้ว)`, an unknown id is left out."""

    service = "personnel"
    answer = NamesAnswer
    ids = fields.Many(fields.Id(), max=500, required=True)


class ContactRow(Shape):
    id = fields.Id(required=True)
    name = fields.Text(required=True)
    email = fields.Text(required=True, blank=True)


class ContactAnswer(Shape):
    items = fields.Many(fields.Nested(ContactRow), required=True)


class Contact(Query):
    """Where people are reached by e-mail; for services alone."""

    service = "personnel"
    answer = ContactAnswer
    ids = fields.Many(fields.Id(), max=500, required=True)


class OrganisationAnswer(Shape):
    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    kind = fields.Choice(OrganisationKind, required=True)
    code = fields.Text(required=True)
    name = fields.Text(required=True)
    short_name = fields.Text(required=True, blank=True)
    closed = fields.Boolean(required=True)
    actions = fields.Many(fields.Text(), required=True)


class OrganisationPage(Shape):
    items = fields.Many(fields.Nested(OrganisationAnswer), required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListOrganisations(Query):
    """The office and its schools, in Thai alphabetical order; `q` is part of a name or code."""

    service = "personnel"
    answer = OrganisationPage
    kind = fields.Choice(OrganisationKind, load_default=None, allow_none=True)
    q = fields.Text(max=200, blank=True, load_default="")
    limit = fields.Integer(strict=False, min=1, max=500, load_default=200)
    cursor = fields.Text(max=400, load_default=None, allow_none=True)


class GetOrganisation(Query):
    """One organisation."""

    service = "personnel"
    answer = OrganisationAnswer
    id = fields.Id(required=True)


class GroupAnswer(Shape):
    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    organisation = fields.Id(required=True)
    name = fields.Text(required=True)
    central = fields.Boolean(required=True)
    people = fields.Integer(required=True)
    actions = fields.Many(fields.Text(), required=True)


class GroupPage(Shape):
    items = fields.Many(fields.Nested(GroupAnswer), required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListGroups(Query):
    """The groups of an organisation (mine by default), the one that does general administration first."""

    service = "personnel"
    answer = GroupPage
    organisation = fields.Id(load_default=None, allow_none=True)


class PersonRow(Shape):
    """A person as a line of the directory, with the posts they act from today."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    name = fields.Text(required=True)
    organisation = fields.Id(required=True)
    organisation_name = fields.Text(required=True)
    seats = fields.Many(fields.Nested(SeatAnswer), required=True)


class PersonPage(Shape):
    items = fields.Many(fields.Nested(PersonRow), required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListPeople(Query):
    """The people of an organisation (mine by default), by name; `q` is part of a name or title."""

    service = "personnel"
    answer = PersonPage
    organisation = fields.Id(load_default=None, allow_none=True)
    group = fields.Id(load_default=None, allow_none=True)
    role = fields.Choice(Role, load_default=None, allow_none=True)
    q = fields.Text(max=200, blank=True, load_default="")
    limit = fields.Integer(strict=False, min=1, max=500, load_default=100)
    cursor = fields.Text(max=400, load_default=None, allow_none=True)


class HoldingAnswer(Shape):
    """A person's time in a post."""

    post = fields.Id(required=True)
    title = fields.Text(required=True)
    role = fields.Choice(Role, required=True)
    group_name = fields.Text(required=True, blank=True)
    person = fields.Id(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True, allow_none=True)


class ActingAnswer(Shape):
    """Who acts in which post, in what capacity, from when until when, by which order."""

    id = fields.Id(required=True)
    post = fields.Id(required=True)
    title = fields.Text(required=True)
    person = fields.Id(required=True)
    name = fields.Text(required=True)
    capacity = fields.Choice(Capacity, required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True, allow_none=True)
    order = fields.Text(required=True)
    current = fields.Boolean(required=True)
    actions = fields.Many(fields.Text(), required=True)


class AccountAnswer(Shape):
    username = fields.Text(required=True)
    locked = fields.Boolean(required=True)
    last_log_in = fields.Moment(required=True, allow_none=True)


class PersonAnswer(PersonRow):
    """A person whole. Data and account are shown to administrators and to the person; else empty, null."""

    prefix = fields.Text(required=True, blank=True)
    first_name = fields.Text(required=True, blank=True)
    last_name = fields.Text(required=True, blank=True)
    email = fields.Text(required=True, blank=True)
    phone = fields.Text(required=True, blank=True)
    holdings = fields.Many(fields.Nested(HoldingAnswer), required=True)
    actings = fields.Many(fields.Nested(ActingAnswer), required=True)
    account = fields.Nested(AccountAnswer, required=True, allow_none=True)
    actions = fields.Many(fields.Text(), required=True)


class GetPerson(Query):
    """One person."""

    service = "personnel"
    answer = PersonAnswer
    id = fields.Id(required=True)


class PostAnswer(Shape):
    """A post with all who held, hold or will hold it and all who act in it, newest first."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    organisation = fields.Id(required=True)
    group = fields.Id(required=True, allow_none=True)
    group_name = fields.Text(required=True, blank=True)
    role = fields.Choice(Role, required=True)
    title = fields.Text(required=True)
    closed_after = fields.Date(required=True, allow_none=True)
    holder = fields.Text(required=True, allow_none=True)
    holder_name = fields.Text(required=True, blank=True)
    holdings = fields.Many(fields.Nested(HoldingAnswer), required=True)
    actings = fields.Many(fields.Nested(ActingAnswer), required=True)
    actions = fields.Many(fields.Text(), required=True)


class PostPage(Shape):
    items = fields.Many(fields.Nested(PostAnswer), required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListPosts(Query):
    """The open posts of an organisation (mine by default), directors first, then by group."""

    service = "personnel"
    answer = PostPage
    organisation = fields.Id(load_default=None, allow_none=True)
    group = fields.Id(load_default=None, allow_none=True)
    role = fields.Choice(Role, load_default=None, allow_none=True)


class GetPost(Query):
    """One post."""

    service = "personnel"
    answer = PostAnswer
    id = fields.Id(required=True)


class ActingPage(Shape):
    items = fields.Many(fields.Nested(ActingAnswer), required=True)


class ListActing(Query):
    """Who acts for whom in my organisation; `day` narrows it to those in force then."""

    service = "personnel"
    answer = ActingPage
    day = fields.Date(load_default=None, allow_none=True)


class OfficeHolder(Shape):
    """Who exercises a post, and the lines under their name when they sign."""

    person = fields.Id(required=True)
    name = fields.Text(required=True)
    seat = fields.Nested(SeatAnswer, required=True)


class OfficeHolders(Shape):
    day = fields.Date(required=True)
    items = fields.Many(fields.Nested(OfficeHolder), required=True)


class WhoHolds(Query):
    """Who exercises the posts of a role on a day (today by default): the acting person where one acts."""

    service = "personnel"
    answer = OfficeHolders
    role = fields.Choice(Role, required=True)
    organisation = fields.Id(load_default=None, allow_none=True)
    group = fields.Id(load_default=None, allow_none=True)
    day = fields.Date(load_default=None, allow_none=True)
