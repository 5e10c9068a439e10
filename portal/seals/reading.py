"""Signatures in a file, read back: whose, when, and whether what they signed is still what it was."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

PREFIX = "seal-"


@dataclass(frozen=True)
class Signature:
    """One signature.

    `is_intact`: the bytes it signed are as they were. `is_unaltered`: what came after it are signatures only.
    `covers_all`: nothing came after it. `is_trusted`: its certificate leads to one of the roots that were given.
    """

    key: str
    signer: str
    at: datetime | None
    is_timestamped: bool
    is_intact: bool
    is_unaltered: bool
    covers_all: bool
    is_trusted: bool
    certificate: str

    @property
    def holds(self) -> bool:
        """The file says today what was signed."""
        return self.is_intact and self.is_unaltered


def is_signed(pdf: bytes) -> bool:
    """Whether the file has any signature."""
    return bool(PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures)


def signatures(pdf: bytes, roots: Sequence[x509.Certificate] = ()) -> list[Signature]:
    """Every signature in the file, oldest first; nothing is fetched to judge them."""
    found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures
    return [_read(signature, roots) for signature in found]


def _read(signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate]) -> Signature:
    status = _judged(signature, roots)
    stamp = status.timestamp_validity
    if stamp and stamp.intact and stamp.valid and stamp.trusted and not status.trusted:
        # A certificate that has run out since was good when somebody trusted saw it used.
        status = _judged(signature, roots, stamp.timestamp)
    return _said(signature, status)


def _judged(
    signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], moment: datetime | None = None
) -> PdfSignatureStatus:
    return validate_pdf_signature(
        signature,
        ValidationContext(trust_roots=list(roots), moment=moment),
        ts_validation_context=ValidationContext(trust_roots=list(roots)),
        key_usage_settings=KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}),
    )


def _said(signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> Signature:
    certificate = signature.signer_cert
    stamp = status.timestamp_validity
    return Signature(
        key=signature.field_name.removeprefix(PREFIX),
        signer=certificate.subject.native.get("common_name", "") or certificate.subject.human_friendly,
        at=stamp.timestamp if stamp else signature.self_reported_timestamp,
        is_timestamped=bool(stamp and stamp.intact and stamp.valid),
        is_intact=status.intact and status.valid,
        is_unaltered=bool(status.docmdp_ok) and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION,
        covers_all=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        is_trusted=status.trusted,
        certificate=certificate.sha256.hex(),
    )
