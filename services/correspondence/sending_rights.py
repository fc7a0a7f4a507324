"""Who may send what their organisation numbered, and who may see and empty its tray.

A recipient sees the letter that came to them and nothing of the others it went to.
"""

from sqlalchemy import Connection

from infra.errors import Forbidden
from infra.identity import Actor, Role, Seat
from services.correspondence.contract import Register, Secrecy
from services.correspondence.rights import CLERKS, OFFICERS, reach, registering

SENDERS = (*CLERKS, *OFFICERS)

# What can be done to a document that was sent, the likeliest first.
SENDING_STEPS = (
    "send_document",
    "close_document",
    "remind_recipients",
    "confirm_receipt",
    "note_handover",
    "redirect_delivery",
)
ARRIVAL_STEPS = ("register_arrival", "refuse_arrival")


def sees_tray(connection: Connection, actor: Actor) -> bool:
    """Whether the actor reads the organisation's receive register whole, and so its tray."""
    return Register.GENERAL in reach(connection, actor).registers


def tray_seat(actor: Actor) -> Seat:
    """The seat from which the actor empties the tray. Raises Forbidden."""
    return registering(actor, Secrecy.NONE)


def list_seat(actor: Actor) -> Seat:
    """The seat from which the actor keeps lists of recipients. Raises Forbidden."""
    found = actor.find_seat(*SENDERS, Role.SECRETARY, organisation=actor.organisation)
    if found is None:
        raise Forbidden()
    return found
