"""The table of all routes: nouns, in the plural; what is done to a thing is posted below it.

A new thing is answered with 201 and where it is found; whatever else is done, with 200.
"""

from collections.abc import Callable

from gateway.api import downloads, messenger_book
from gateway.api.table import Route
from gateway.parts import parts
from gateway.visitors import Visitor
from infra.contract import Command, Query
from infra.filetypes import MEDIA_TYPES
from services.correspondence import contract as letters
from services.notify import contract as notices
from services.personnel import contract as people
from services.resources import contract as rooms
from services.standards import contract as standards

# What these carry is for this system's own use.
INTERNAL: dict[type[Command] | type[Query], str] = {
    people.Authenticate: "the gateway turns each request's session into a signed token itself",
    people.Contact: "services alone may ask for addresses",
}


def _session(visitor: Visitor) -> str:
    return visitor.session


def _forget(visitor: Visitor) -> None:
    parts().sessions.forget(visitor.session)


def _always(value: str) -> Callable[[Visitor], str]:
    return lambda visitor: value


def _strangers() -> None:
    parts().strangers.take(parts().clock())


_FILES = tuple(sorted(set(MEDIA_TYPES.values())))
_WHOLE_REGISTER = {
    "limit": lambda visitor: downloads.ROWS_AT_ONCE,
    "cursor": lambda visitor: None,
    "sort": lambda visitor: letters.LetterSort.NUMBER.value,
}

_WHOLE_MADE_REGISTER = _WHOLE_REGISTER | {"numbered": lambda visitor: True}


def _get(path: str, contract: type[Query]) -> Route:
    return Route(method="GET", path=path, contract=contract)


def _make(path: str, contract: type[Command]) -> Route:
    return Route(method="POST", path=path, contract=contract, status=201)


def _do(path: str, contract: type[Command]) -> Route:
    return Route(method="POST", path=path, contract=contract)


_PERSONNEL = (
    _make("/api/tokens", people.LogIn),
    Route(
        method="DELETE",
        path="/api/tokens/current",
        contract=people.LogOut,
        status=204,
        filled={"session": _session},
        after=_forget,
    ),
    _get("/api/me", people.Me),
    Route(
        method="POST",
        path="/api/me/password",
        contract=people.ChangePassword,
        status=204,
        filled={"session": _session},
    ),
    _make("/api/me/confirmations", people.ConfirmByPassword),
    _make("/api/me/passkey-challenges", people.BeginConfirmation),
    _make("/api/me/passkey-confirmations", people.ConfirmByPasskey),
    _get("/api/me/passkeys", people.ListPasskeys),
    _make("/api/me/passkeys", people.AddPasskey),
    _make("/api/me/passkeys/offers", people.BeginPasskey),
    _do("/api/me/passkeys/<id>/removal", people.RemovePasskey),
    _get("/api/names", people.Names),
    _get("/api/office-name", people.OfficeName),
    _get("/api/organisations", people.ListOrganisations),
    _make("/api/organisations", people.AddOrganisation),
    _get("/api/organisations/<id>", people.GetOrganisation),
    _do("/api/organisations/<id>/corrections", people.ChangeOrganisation),
    _do("/api/organisations/<id>/closure", people.CloseOrganisation),
    _get("/api/groups", people.ListGroups),
    _make("/api/groups", people.AddGroup),
    _do("/api/groups/<id>/corrections", people.ChangeGroup),
    _do("/api/groups/<id>/closure", people.CloseGroup),
    _get("/api/people", people.ListPeople),
    _make("/api/people", people.AddPerson),
    _get("/api/people/<id>", people.GetPerson),
    _do("/api/people/<id>/corrections", people.ChangePerson),
    _do("/api/people/<id>/erasure", people.ErasePerson),
    _do("/api/people/<id>/account", people.OpenAccount),
    _do("/api/people/<id>/account/password", people.ResetPassword),
    _do("/api/people/<id>/account/locking", people.LockAccount),
    _do("/api/people/<id>/account/unlocking", people.UnlockAccount),
    _get("/api/posts", people.ListPosts),
    _make("/api/posts", people.CreatePost),
    _get("/api/posts/<id>", people.GetPost),
    _do("/api/posts/<id>/corrections", people.ChangePost),
    _do("/api/posts/<id>/closure", people.ClosePost),
    _do("/api/posts/<id>/holdings", people.FillPost),
    _do("/api/posts/<id>/vacancies", people.VacatePost),
    _do("/api/posts/<id>/actings", people.AppointActing),
    _do("/api/posts/<id>/actings/<acting>/ending", people.EndActing),
    _get("/api/actings", people.ListActing),
    _get("/api/office-holders", people.WhoHolds),
    _do("/api/imports", people.ImportDirectory),
)

_CORRESPONDENCE = (
    _get("/api/tasks", letters.MyTasks),
    _get("/api/letters", letters.ListLetters),
    _make("/api/letters", letters.RegisterLetter),
    _get("/api/letters/duplicates", letters.FindDuplicates),
    _get("/api/letters/suggestions", letters.SuggestParties),
    _get("/api/letters/summary", letters.LetterSummary),
    *(
        Route(
            method="GET",
            path=f"/api/letters/register.{kind}",
            contract=letters.ListLetters,
            filled=_WHOLE_REGISTER,
            file=file,
            produces=(media_type,),
            name=f"ExportRegister{kind.title()}",
            summary=f"The receive register (form 13) as {kind.upper()}, by number; filtered as the list is.",
        )
        for kind, file, media_type in (
            ("pdf", downloads.register_pdf, downloads.PDF),
            ("xlsx", downloads.register_xlsx, MEDIA_TYPES["xlsx"]),
            ("csv", downloads.register_csv, downloads.CSV),
        )
    ),
    _get("/api/letters/<id>", letters.GetLetter),
    _do("/api/letters/<id>/corrections", letters.CorrectRegistration),
    _do("/api/letters/<id>/attachments", letters.AddAttachments),
    Route(
        method="GET",
        path="/api/letters/<id>/attachments/<attachment>",
        contract=letters.GetAttachment,
        file=downloads.attachment,
        produces=_FILES,
        summary="A file of a letter, or of a report on it.",
    ),
    Route(
        method="GET",
        path="/api/letters/<id>/stamp.svg",
        contract=letters.GetLetter,
        file=downloads.stamp_svg,
        produces=(downloads.SVG,),
        name="DrawStamp",
        summary="The receive stamp (form 12) for the screen.",
    ),
    Route(
        method="GET",
        path="/api/letters/<id>/stamped.pdf",
        contract=letters.GetLetter,
        file=downloads.stamped_pdf,
        produces=(downloads.PDF,),
        name="PrintStamped",
        summary="The letter's first page with the receive stamp; without one, the stamp on a bare page.",
        refusals=(415,),
    ),
    _do("/api/letters/<id>/sender-acknowledgements", letters.AcknowledgeToSender),
    _do("/api/letters/<id>/proposals", letters.ProposeLetter),
    _do("/api/letters/<id>/endorsements", letters.EndorseLetter),
    _do("/api/letters/<id>/returns", letters.SendLetterBack),
    _do("/api/letters/<id>/orders", letters.OrderLetter),
    _do("/api/letters/<id>/cancellation", letters.CancelRegistration),
    _do("/api/letters/<id>/forwarding", letters.ForwardLetter),
    _do("/api/letters/<id>/groups/<group>/receipts", letters.ReceiveByGroup),
    _do("/api/letters/<id>/groups/<group>/returns", letters.ReturnByGroup),
    _do("/api/letters/<id>/groups/<group>/assignments", letters.AssignLetter),
    _do("/api/letters/<id>/groups/<group>/acknowledgements", letters.AcknowledgeLetter),
    _do("/api/letters/<id>/groups/<group>/progress-notes", letters.NoteProgress),
    _do("/api/letters/<id>/groups/<group>/results", letters.ReportResult),
    _do("/api/letters/<id>/groups/<group>/result-returns", letters.SendReportBack),
    _do("/api/letters/<id>/groups/<group>/closure", letters.CloseGroupWork),
    _get("/api/routing", letters.GetRouting),
    _do("/api/routing", letters.SetRouting),
)

_DOCUMENTS = (
    _get("/api/documents", letters.ListDocuments),
    _make("/api/documents", letters.DraftDocument),
    _get("/api/documents/waiting", letters.MyDocuments),
    _get("/api/documents/summary", letters.DocumentSummary),
    *(
        Route(
            method="GET",
            path=f"/api/documents/register.{kind}",
            contract=letters.ListDocuments,
            filled=_WHOLE_MADE_REGISTER,
            file=file,
            produces=(media_type,),
            name=f"ExportMadeRegister{kind.title()}",
            summary=f"A register of what is made as {kind.upper()}: the send register (form 14), or that of `series`.",
        )
        for kind, file, media_type in (
            ("pdf", downloads.made_pdf, downloads.PDF),
            ("xlsx", downloads.made_xlsx, MEDIA_TYPES["xlsx"]),
            ("csv", downloads.made_csv, downloads.CSV),
        )
    ),
    _do("/api/documents/numbers", letters.NumberDocuments),
    _make("/api/documents/papers", letters.RecordDocument),
    _get("/api/documents/<id>", letters.GetDocument),
    _do("/api/documents/<id>/content", letters.SaveDraft),
    Route(method="POST", path="/api/documents/<id>/previews", contract=letters.PreviewDraft),
    _do("/api/documents/<id>/enclosures", letters.AddEnclosures),
    _do("/api/documents/<id>/enclosures/<attachment>/removal", letters.RemoveEnclosure),
    Route(
        method="GET",
        path="/api/documents/<id>/files/<attachment>",
        contract=letters.GetDocumentFile,
        file=downloads.document_file,
        produces=_FILES,
        summary="A file of a document: the frozen PDF/A, or an enclosure.",
    ),
    *(
        Route(
            method="GET",
            path=f"/api/documents/<id>/document.{kind}",
            contract=letters.ExportDocument,
            filled={"format": _always(kind.value)},
            file=downloads.document_export,
            produces=(MEDIA_TYPES[kind.value],),
            name=f"ExportDocument{kind.value.title()}",
            summary=summary,
            refusals=(409,),
        )
        for kind, summary in (
            (letters.ExportFormat.DOCX, "A document's text as DOCX, to be edited elsewhere."),
            (letters.ExportFormat.PDF, "A draft as PDF, as it stands."),
        )
    ),
    _do("/api/documents/<id>/submissions", letters.SubmitDraft),
    _do("/api/documents/<id>/endorsements", letters.EndorseDraft),
    _do("/api/documents/<id>/returns", letters.ReturnDraft),
    _do("/api/documents/<id>/withdrawals", letters.WithdrawDraft),
    _do("/api/documents/<id>/discarding", letters.DiscardDraft),
    _do("/api/documents/<id>/signature", letters.SignDocument),
    _do("/api/documents/<id>/number", letters.NumberDocument),
    _do("/api/documents/<id>/cancellation", letters.CancelNumber),
    Route(
        method="GET",
        path="/api/verifications/<code>",
        contract=letters.VerifyDocument,
        before=_strangers,
    ),
    _get("/api/document-templates", letters.ListTemplates),
    _make("/api/document-templates", letters.KeepTemplate),
    _do("/api/document-templates/<id>/removal", letters.DropTemplate),
    _get("/api/document-policy", letters.GetDocumentPolicy),
    _do("/api/document-policy", letters.SetDocumentPolicy),
    _get("/api/reservations", letters.ListReservations),
    _make("/api/reservations", letters.ReserveNumbers),
    _do("/api/reservations/<id>/burning", letters.BurnReservation),
    _get("/api/numbers", letters.AuditNumbers),
)

_SENDING = (
    _do("/api/documents/<id>/sendings", letters.SendDocument),
    _get("/api/documents/<id>/deliveries", letters.ListDeliveries),
    *(
        Route(
            method="GET",
            path=f"/api/documents/<id>/deliveries.{kind}",
            contract=letters.ListDeliveries,
            file=file,
            produces=(media_type,),
            name=f"ExportDeliveries{kind.title()}",
            summary=f"The recipients of a document and how far it has come to each, as {kind.upper()}.",
        )
        for kind, file, media_type in (
            ("xlsx", downloads.deliveries_xlsx, MEDIA_TYPES["xlsx"]),
            ("csv", downloads.deliveries_csv, downloads.CSV),
        )
    ),
    _do("/api/documents/<id>/reminders", letters.RemindRecipients),
    _do("/api/documents/<id>/deliveries/<delivery>/confirmations", letters.ConfirmReceipt),
    _do("/api/documents/<id>/deliveries/<delivery>/redirections", letters.RedirectDelivery),
    _do("/api/documents/<id>/deliveries/<delivery>/handovers", letters.NoteHandover),
    _do("/api/documents/<id>/closure", letters.CloseDocument),
    _get("/api/unreceived", letters.ListUnreceived),
    _get("/api/messenger-book", letters.ListMessengerBook),
    *(
        Route(
            method="GET",
            path=f"/api/messenger-book/{name}.pdf",
            contract=letters.ListMessengerBook,
            file=file,
            produces=(downloads.PDF,),
            name=operation,
            summary=summary,
        )
        for name, file, operation, summary in (
            ("book", messenger_book.book_pdf, "PrintMessengerBook", "The book (form 16) on A4."),
            (
                "receipts",
                messenger_book.receipts_pdf,
                "PrintReceipts",
                "Receipts (form 17) to be signed.",
            ),
        )
    ),
    _get("/api/recipient-lists", letters.ListRecipientLists),
    _make("/api/recipient-lists", letters.KeepRecipientList),
    _do("/api/recipient-lists/<id>/removal", letters.DropRecipientList),
    _get("/api/arrivals", letters.ListArrivals),
    _get("/api/arrivals/<id>", letters.GetArrival),
    Route(
        method="GET",
        path="/api/arrivals/<id>/files/<attachment>",
        contract=letters.GetArrivalFile,
        file=downloads.arrival_file,
        produces=_FILES,
        summary="A file of a letter in the tray.",
    ),
    _do("/api/arrivals/<id>/registration", letters.RegisterArrival),
    _do("/api/arrivals/<id>/refusal", letters.RefuseArrival),
    _get("/api/mailbox", letters.MailboxStatus),
    _do("/api/mailbox/checks", letters.CheckMailbox),
)

_MOVING_IN = (
    _get("/api/register-imports", letters.ListImports),
    _make("/api/register-imports", letters.CheckImport),
    _get("/api/register-imports/<id>", letters.GetImport),
    _do("/api/register-imports/<id>/loading", letters.LoadImport),
    _do("/api/register-imports/<id>/stopping", letters.StopImport),
)

_RESOURCES = (
    _get("/api/rooms", rooms.ListRooms),
    _make("/api/rooms", rooms.AddRoom),
    _get("/api/rooms/<id>", rooms.GetRoom),
    _do("/api/rooms/<id>/corrections", rooms.ChangeRoom),
    _do("/api/rooms/<id>/retirement", rooms.RetireRoom),
    _get("/api/room-calendar", rooms.RoomCalendar),
    _get("/api/bookings", rooms.ListBookings),
    _make("/api/bookings", rooms.RequestBooking),
    _get("/api/bookings/<id>", rooms.GetBooking),
    _do("/api/bookings/<id>/confirmation", rooms.ConfirmBooking),
    _do("/api/bookings/<id>/refusal", rooms.RefuseBooking),
    _do("/api/bookings/<id>/cancellation", rooms.CancelBooking),
)

_STANDARDS = (
    _get("/api/standard-sets", standards.ListStandardSets),
    _make("/api/standard-sets", standards.AdoptStandardSet),
    _get("/api/indicators", standards.ListIndicators),
    _make("/api/indicators", standards.NameIndicator),
    _get("/api/indicators/<id>", standards.GetIndicator),
    _do("/api/indicators/<id>/corrections", standards.RenameIndicator),
    _do("/api/indicators/<id>/assignments", standards.AssignIndicator),
    _do("/api/indicators/<id>/reports", standards.ReportIndicator),
    _do("/api/indicators/<id>/verifications", standards.VerifyReport),
    _do("/api/indicators/<id>/report-returns", standards.ReturnReport),
    Route(
        method="GET",
        path="/api/indicators/<id>/evidence/<evidence>",
        contract=standards.GetEvidence,
        file=downloads.evidence,
        produces=_FILES,
        summary="A file that shows a result.",
    ),
)

_NOTIFY = (
    _get("/api/notifications", notices.ListNotifications),
    _get("/api/notifications/unread", notices.UnreadCount),
    _do("/api/notifications/readings", notices.MarkAllRead),
    _do("/api/notifications/<id>/readings", notices.MarkRead),
    _get("/api/notification-preferences", notices.GetPreferences),
    _do("/api/notification-preferences", notices.SetPreferences),
    _get("/api/mail", notices.MailStatus),
    _get("/api/mail/failures", notices.ListFailedMail),
    _do("/api/mail/failures/<id>/retries", notices.RetryMail),
)

ROUTES: tuple[Route, ...] = (
    *_PERSONNEL,
    *_CORRESPONDENCE,
    *_DOCUMENTS,
    *_SENDING,
    *_MOVING_IN,
    *_RESOURCES,
    *_STANDARDS,
    *_NOTIFY,
)
