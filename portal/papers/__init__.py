"""What the portal issues on paper: marks, codes, and the list of documents that each app declares."""

from portal.papers.codes import CODE_LENGTH, grouped, new_code, page_code, read_code
from portal.papers.marks import MOST_PAGES, Marks, draft_marks, marks_of
from portal.papers.registry import Document, Source, Standing, document, documents

__all__ = [
    "CODE_LENGTH",
    "MOST_PAGES",
    "Document",
    "Marks",
    "Source",
    "Standing",
    "document",
    "documents",
    "draft_marks",
    "grouped",
    "marks_of",
    "new_code",
    "page_code",
    "read_code",
]
