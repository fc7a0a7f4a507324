"""What can be asked about rooms and bookings, and the shapes of the answers."""

from enum import StrEnum

from infra import fields
from infra.contract import Query, Shape

MOST_CALENDAR_DAYS = 62


class RoomState(StrEnum):
    IN_USE = "in_use"
    RETIRED = "retired"


class BookingState(StrEnum):
    """Where a booking stands (W6)."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class BookingScope(StrEnum):
    """Whose bookings are listed."""

    MINE = "mine"
    WAITING = "waiting"  # for my approval
    ALL = "all"


class RoomAnswer(Shape):
    """A room, its ETag `version`, and the commands that the asker may send for it now."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    name = fields.Text(required=True)
    place = fields.Text(required=True, blank=True)
    capacity = fields.Integer(required=True)
    equipment = fields.Many(fields.Text(), required=True)
    state = fields.Choice(RoomState, required=True)
    actions = fields.Many(fields.Text(), required=True)


class RoomPage(Shape):
    """The rooms, by name; `actions` are what the asker may do beside (`add_room`)."""

    items = fields.Many(fields.Nested(RoomAnswer), required=True)
    actions = fields.Many(fields.Text(), required=True)


class ListRooms(Query):
    """The rooms of my organisation, by name."""

    service = "resources"
    answer = RoomPage
    retired = fields.Boolean(load_default=False)


class GetRoom(Query):
    """One room."""

    service = "resources"
    answer = RoomAnswer
    id = fields.Id(required=True)


class BookingRow(Shape):
    """A booking as a line of a list or a block of a calendar; people by id."""

    id = fields.Id(required=True)
    version = fields.Integer(required=True)
    room = fields.Id(required=True)
    room_name = fields.Text(required=True)
    requester = fields.Text(required=True)
    starts = fields.Moment(required=True)
    ends = fields.Moment(required=True)
    purpose = fields.Text(required=True)
    attendees = fields.Integer(required=True)
    state = fields.Choice(BookingState, required=True)
    reason = fields.Text(lines=True, required=True, blank=True)
    requested_at = fields.Moment(required=True)


class BookingPage(Shape):
    """A page of bookings; `next` is the cursor of the page behind it."""

    items = fields.Many(fields.Nested(BookingRow), required=True)
    next = fields.Text(required=True, allow_none=True)
    total = fields.Integer(required=True)


class ListBookings(Query):
    """Bookings: mine by latest start, those that wait for my approval by first start, or all."""

    service = "resources"
    answer = BookingPage
    scope = fields.Choice(BookingScope, load_default=BookingScope.MINE)
    state = fields.Choice(BookingState, load_default=None, allow_none=True)
    room = fields.Id(load_default=None, allow_none=True)
    limit = fields.Integer(strict=False, min=1, max=200, load_default=50)
    cursor = fields.Text(max=200, load_default=None, allow_none=True)


class CalendarAnswer(Shape):
    """The rooms, and the waiting and confirmed bookings that touch the days asked for."""

    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    rooms = fields.Many(fields.Nested(RoomAnswer), required=True)
    bookings = fields.Many(fields.Nested(BookingRow), max=5000, required=True)


class RoomCalendar(Query):
    """Who has which room between two days (Bangkok days, both included, at most 62)."""

    service = "resources"
    answer = CalendarAnswer
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    room = fields.Id(load_default=None, allow_none=True)


class BookingStep(Shape):
    """One thing that happened to a booking; `seat` is the capacity in which a decision was made."""

    event = fields.Text(required=True)
    at = fields.Moment(required=True)
    actor = fields.Text(required=True)
    seat = fields.Many(fields.Text(blank=True), required=True)
    text = fields.Text(lines=True, required=True, blank=True)


class BookingAnswer(BookingRow):
    """A booking whole, with all that happened to it and the commands the asker may send now."""

    layout = fields.Text(required=True, blank=True)
    equipment = fields.Text(lines=True, required=True, blank=True)
    overlapping = fields.Many(fields.Nested(BookingRow), required=True)
    history = fields.Many(fields.Nested(BookingStep), required=True)
    actions = fields.Many(fields.Text(), required=True)


class GetBooking(Query):
    """One booking; while it waits, with the waiting requests that overlap it."""

    service = "resources"
    answer = BookingAnswer
    id = fields.Id(required=True)
