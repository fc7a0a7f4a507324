"""What `resources` offers: its events, commands and queries."""

from services.resources.contract.commands import (
    AddRoom,
    CancelBooking,
    ChangeRoom,
    ConfirmBooking,
    RefuseBooking,
    RequestBooking,
    RetireRoom,
)
from services.resources.contract.events import (
    BookingCancelled,
    BookingConfirmed,
    BookingRefused,
    BookingRequested,
    RefusalCause,
    RoomAdded,
    RoomChanged,
    RoomRetired,
)
from services.resources.contract.queries import (
    BookingScope,
    BookingState,
    GetBooking,
    GetRoom,
    ListBookings,
    ListRooms,
    RoomCalendar,
    RoomState,
)

__all__ = [
    "AddRoom",
    "BookingCancelled",
    "BookingConfirmed",
    "BookingRefused",
    "BookingRequested",
    "BookingScope",
    "BookingState",
    "CancelBooking",
    "ChangeRoom",
    "ConfirmBooking",
    "GetBooking",
    "GetRoom",
    "ListBookings",
    "ListRooms",
    "RefusalCause",
    "RefuseBooking",
    "RequestBooking",
    "RetireRoom",
    "RoomAdded",
    "RoomCalendar",
    "RoomChanged",
    "RoomRetired",
    "RoomState",
]
