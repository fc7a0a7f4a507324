"""Documents on paper: a draft or a signed document as PDF/A, as SVG pages and as DOCX, by the forms of
the regulation. Pure: a `Sheet` in, bytes out; nothing here asks the database or the clock."""

from services.correspondence.documents.editable import docx
from services.correspondence.documents.names import file_name
from services.correspondence.documents.printing import compose, preview
from services.correspondence.documents.sheet import URGENCY, Sheet

__all__ = ["URGENCY", "Sheet", "compose", "docx", "file_name", "preview"]
