"""What can be done to letters that come in (W1)."""

from infra import fields
from infra.contract import Command, Done
from services.correspondence.contract.events import Channel, OrderKind, Secrecy, Urgency


class Registered(Done):
    """The receive number. `duplicates` are letters with the same ที่, ลงวันที่ and จาก."""

    year = fields.Integer(required=True)
    number = fields.Integer(required=True)
    received_at = fields.Moment(required=True)
    duplicates = fields.Many(fields.Id(), required=True)


class RegisterLetter(Command):
    """Register a letter that came in (ลงทะเบียนรับ, form 13); uploads become its attachments.

    A classified letter takes the registrar of classified information; of class `most_secret`
    none is taken in.
    """

    service = "correspondence"
    answer = Registered
    reference = fields.Text(max=100, blank=True, load_default="")
    dated = fields.Date(load_default=None, allow_none=True)
    sender = fields.Text(max=300, required=True)
    recipient = fields.Text(max=300, required=True)
    subject = fields.Text(max=1000, required=True)
    urgency = fields.Choice(Urgency, load_default=Urgency.NORMAL)
    secrecy = fields.Choice(Secrecy, load_default=Secrecy.NONE)
    deadline = fields.Moment(load_default=None, allow_none=True)
    channel = fields.Choice(Channel, load_default=Channel.PAPER)
    defect = fields.Text(max=500, lines=True, blank=True, load_default="")
    note = fields.Text(max=500, lines=True, blank=True, load_default="")
    uploads = fields.Many(fields.Id(), max=50, load_default=list)


class CorrectRegistration(Command):
    """Correct a slip in a registration before the letter is closed; the number stays."""

    service = "correspondence"
    id = fields.Id(required=True)
    reference = fields.Text(max=100, blank=True, required=True)
    dated = fields.Date(required=True, allow_none=True)
    sender = fields.Text(max=300, required=True)
    recipient = fields.Text(max=300, required=True)
    subject = fields.Text(max=1000, required=True)
    urgency = fields.Choice(Urgency, required=True)
    deadline = fields.Moment(required=True, allow_none=True)
    channel = fields.Choice(Channel, required=True)
    defect = fields.Text(max=500, lines=True, blank=True, required=True)
    note = fields.Text(max=500, lines=True, blank=True, required=True)
    reason = fields.Text(max=500, lines=True, required=True)


class AddAttachments(Command):
    """Add uploads to a letter."""

    service = "correspondence"
    id = fields.Id(required=True)
    uploads = fields.Many(fields.Id(), min=1, max=50, required=True)


class AcknowledgeToSender(Command):
    """Note that the sender was told of the letter's arrival, and how."""

    service = "correspondence"
    id = fields.Id(required=True)
    how = fields.Text(max=300, required=True)


class ProposeLetter(Command):
    """Propose a letter upward with a summary or opinion (เสนอ)."""

    service = "correspondence"
    id = fields.Id(required=True)
    text = fields.Text(max=5000, lines=True, required=True)


class EndorseLetter(Command):
    """Endorse a letter that lies with me and pass it on; one with nothing to add signs only (ข้อ 26)."""

    service = "correspondence"
    id = fields.Id(required=True)
    text = fields.Text(max=5000, lines=True, blank=True, load_default="")


class SendLetterBack(Command):
    """Send a letter that lies with me back to the clerk for change; or, as the clerk, fetch it back."""

    service = "correspondence"
    id = fields.Id(required=True)
    reason = fields.Text(max=5000, lines=True, required=True)


class OrderLetter(Command):
    """The director's order. `act` names a `lead` group, and perhaps `supporting` ones, and a due day.

    An order may be added to while the letter is open: the groups named join those there are.
    """

    service = "correspondence"
    id = fields.Id(required=True)
    kind = fields.Choice(OrderKind, required=True)
    text = fields.Text(max=5000, lines=True, blank=True, load_default="")
    lead = fields.Id(load_default=None, allow_none=True)
    supporting = fields.Many(fields.Id(), max=50, load_default=list)
    schools = fields.Boolean(load_default=False)
    due = fields.Date(load_default=None, allow_none=True)


class GroupNumbered(Done):
    """The group's own receive number."""

    year = fields.Integer(required=True)
    number = fields.Integer(required=True)


class ReceiveByGroup(Command):
    """Take a letter into the group's own register (ข้อ 40)."""

    service = "correspondence"
    answer = GroupNumbered
    id = fields.Id(required=True)
    group = fields.Id(required=True)


class ReturnByGroup(Command):
    """Give a letter back that does not concern the group; before it is assigned."""

    service = "correspondence"
    id = fields.Id(required=True)
    group = fields.Id(required=True)
    reason = fields.Text(max=2000, lines=True, required=True)


class AssignLetter(Command):
    """Assign a letter to a person of the group, or to another one than before (มอบหมาย)."""

    service = "correspondence"
    id = fields.Id(required=True)
    group = fields.Id(required=True)
    officer = fields.Id(required=True)
    text = fields.Text(max=5000, lines=True, blank=True, load_default="")
    due = fields.Date(load_default=None, allow_none=True)


class AcknowledgeLetter(Command):
    """Acknowledge a letter that is assigned to me (รับทราบ)."""

    service = "correspondence"
    id = fields.Id(required=True)
    group = fields.Id(required=True)


class NoteProgress(Command):
    """Write down how far a letter that is assigned to me has come."""

    service = "correspondence"
    id = fields.Id(required=True)
    group = fields.Id(required=True)
    text = fields.Text(max=5000, lines=True, required=True)


class ReportResult(Command):
    """Report a letter that is assigned to me as done (รายงานผล)."""

    service = "correspondence"
    id = fields.Id(required=True)
    group = fields.Id(required=True)
    text = fields.Text(max=5000, lines=True, required=True)
    uploads = fields.Many(fields.Id(), max=50, load_default=list)


class SendReportBack(Command):
    """Ask for more before the group's work is closed (ส่งกลับแก้ไข)."""

    service = "correspondence"
    id = fields.Id(required=True)
    group = fields.Id(required=True)
    reason = fields.Text(max=2000, lines=True, required=True)


class CloseGroupWork(Command):
    """Close the group's work; when all groups are done the letter is closed (ปิดเรื่อง)."""

    service = "correspondence"
    id = fields.Id(required=True)
    group = fields.Id(required=True)
    text = fields.Text(max=2000, lines=True, blank=True, load_default="")


class CancelRegistration(Command):
    """Cancel a registration before the order; the number stays used (ยกเลิกเลข)."""

    service = "correspondence"
    id = fields.Id(required=True)
    reason = fields.Text(max=500, lines=True, required=True)


class ForwardLetter(Command):
    """Send a wrongly addressed letter on to whom it is for, before the order."""

    service = "correspondence"
    id = fields.Id(required=True)
    to = fields.Text(max=300, required=True)
    reason = fields.Text(max=500, lines=True, required=True)


class SetRouting(Command):
    """Choose which steps the letters of my organisation pass; letters on their way keep theirs."""

    service = "correspondence"
    central_head = fields.Boolean(required=True)
    deputy = fields.Boolean(required=True)
    group_head = fields.Boolean(required=True)
    unattended_days = fields.Integer(min=1, max=90, required=True)
