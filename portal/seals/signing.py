"""A paper signed with an organisation's key: PAdES, with a trusted time where a time stamp service is configured."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.stamp import StaticStampStyle

from portal.errors import Refused
from portal.seals.ink import ink
from portal.seals.places import PREFIX, SIDE
from portal.seals.stamping import place_for

TSA_SECONDS = 10


@dataclass(frozen=True)
class Words:
    """What a signature says besides its certificate."""

    at: datetime
    reason: str = ""
    place: str = ""


class _PunctualSigner(PdfSigner):
    """Signs with the portal's time rather than the machine's."""

    at: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        """A session that knows what time it is."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


def time_stamper(url: str) -> TimeStamper | None:
    """The time stamp service (RFC 3161) at that address; None when there is none."""
    return RequestsHTTPTimeStamper(url, timeout=TSA_SECONDS) if url else None


def signed(
    pdf: bytes, key: str, signer: Signer, words: Words, *, picture: bytes | None = None, tsa: TimeStamper | None = None
) -> bytes:
    """The paper signed at that place, appended; the seal's picture is how the signature looks. PAdES B-B, or B-T with
    a time stamp service. Raises Refused: no such place, signed there already, the service doesn't answer.
    """
    place = place_for(pdf, key)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    name = f"{PREFIX}{key}"
    if any(signature.field_name == name for signature in writer.prev.embedded_signatures):
        raise Refused("这个位置已经签名。")
    about = PdfSignatureMetadata(
        field_name=name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=words.reason or None,
        location=words.place or None, name=signer.subject_name,
    )  # fmt: skip
    box = tuple(round(edge, 3) for edge in place.box) if picture else None
    field = SigFieldSpec(name, on_page=place.page, box=box, readable_field_name=words.reason or name)  # type: ignore[arg-type]
    punctual = _PunctualSigner(about, signer, timestamper=tsa, stamp_style=_looks(picture), new_field_spec=field)
    punctual.at = words.at
    try:
        return bytes(punctual.sign_pdf(writer).getvalue())
    except (TimestampRequestError, OSError) as error:
        raise Refused("时间戳服务没有应答，文书未签名：请稍后再试。") from error
    except SigningError as error:
        raise Refused("签名没有完成，文书未改动：请联系平台管理员核对密钥与证书。") from error


def _looks(picture: bytes | None) -> StaticStampStyle | None:
    """The picture, filling its place; without one the signature is in the file only."""
    if picture is None:
        return None
    fills = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MID,
        y_align=layout.AxisAlignment.ALIGN_MID,
        margins=layout.Margins.uniform(0),
        inner_content_scaling=layout.InnerScaling.STRETCH_FILL,
    )
    return StaticStampStyle(border_width=0, background=ink(picture, SIDE), background_layout=fills)
