"""What the portal prints on a paper besides its content: number, version, codes, and the address that tells of it."""

from dataclasses import dataclass
from datetime import datetime

import segno

from portal.papers.codes import grouped, page_code

# Beyond it pages bear their plain number; no book comes near.
MOST_PAGES = 600


@dataclass(frozen=True)
class Marks:
    """The marks of one paper. On a draft number, codes and QR are empty and the version is 0."""

    number: str
    version: int
    code: str
    page_codes: tuple[str, ...]
    address: str
    qr: str
    issued_at: datetime
    digest: str

    @property
    def is_draft(self) -> bool:
        """It is a preview, and says so across each page."""
        return not self.code


def marks_of(
    *, number: str, version: int, code: str, secret: str, address: str, issued_at: datetime, digest: str
) -> Marks:
    """The marks of an issued paper. `issued_at` on Beijing's clock; `digest`: of what it is made from."""
    pages = tuple(page_code(secret, page) for page in range(1, MOST_PAGES + 1))
    qr: str = segno.make(address, error="m", micro=False).svg_inline(scale=3, border=2, omitsize=True)
    return Marks(number, version, grouped(code), pages, address, qr, issued_at, digest)


def draft_marks(issued_at: datetime, digest: str) -> Marks:
    """The marks of a preview, which nobody can take for the paper itself."""
    return Marks("", 0, "", (), "", "", issued_at, digest)
