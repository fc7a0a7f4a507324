"""What can be done to rooms and bookings."""

from infra import fields
from infra.contract import Command

MOST_DAYS = 14  # the longest booking
MOST_DAYS_AHEAD = 400


class AddRoom(Command):
    """Add a room that can be booked."""

    service = "resources"
    name = fields.Text(max=120, required=True)
    place = fields.Text(max=200, blank=True, load_default="")
    capacity = fields.Integer(min=1, max=5000, required=True)
    equipment = fields.Many(fields.Text(max=80), max=40, load_default=list)


class ChangeRoom(Command):
    """Correct what is known of a room."""

    service = "resources"
    id = fields.Id(required=True)
    name = fields.Text(max=120, required=True)
    place = fields.Text(max=200, blank=True, load_default="")
    capacity = fields.Integer(min=1, max=5000, required=True)
    equipment = fields.Many(fields.Text(max=80), max=40, load_default=list)


class RetireRoom(Command):
    """Take a room out of use; nothing may be waiting or confirmed in it from now on."""

    service = "resources"
    id = fields.Id(required=True)
    reason = fields.Text(max=500, required=True)


class RequestBooking(Command):
    """Ask for a room from `starts` up to, not including, `ends`; at most 14 days long."""

    service = "resources"
    room = fields.Id(required=True)
    starts = fields.Moment(required=True)
    ends = fields.Moment(required=True)
    purpose = fields.Text(max=500, required=True)
    attendees = fields.Integer(min=1, max=5000, required=True)
    layout = fields.Text(max=200, blank=True, load_default="")
    equipment = fields.Text(max=500, lines=True, blank=True, load_default="")


class ConfirmBooking(Command):
    """Grant a request; requests that overlap it are refused at the same moment."""

    service = "resources"
    id = fields.Id(required=True)
    note = fields.Text(max=500, lines=True, blank=True, load_default="")


class RefuseBooking(Command):
    """Turn a request down."""

    service = "resources"
    id = fields.Id(required=True)
    reason = fields.Text(max=500, lines=True, required=True)


class CancelBooking(Command):
    """Give a booking up before it starts; an approver may do so for official need."""

    service = "resources"
    id = fields.Id(required=True)
    reason = fields.Text(max=500, lines=True, required=True)
