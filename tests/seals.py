"""What tests of seals are made from: a paper with places, a seal's picture, certificates, a time stamp service."""

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test.utils import override_settings
from PIL import Image, ImageDraw, ImageFont
from pyhanko.sign.timestamps import DummyTimeStamper

from applications.models import Submission
from applications.selectors.printing import key_of
from portal import clock, walls
from portal.actors import Actor
from portal.demo.seed import somebody
from portal.errors import Hidden
from portal.models import Package, Paper, User
from portal.papers import Document, Source, Standing, new_code
from portal.pdf import printed
from portal.seals.comparing import page_marks
from portal.services import seals as services
from portal.states import PaperState

PLACES = ("unit", "unit-finance")
_STYLE = """
@page { size: A4; margin: 30mm 26mm }
body { font-family: "Noto Sans CJK SC"; font-size: 14pt }
.sheet { break-after: page }
.seals { display: flex; justify-content: space-between }
.seal-place { width: 42mm; height: 42mm; text-align: center; display: flex; flex-direction: column;
              justify-content: center }
a { color: inherit; text-decoration: none }
"""


def paper(name: str = "武汉示例智造有限公司", keys: tuple[str, ...] = PLACES) -> bytes:
    """Three pages, with places for seals on the second."""
    places = "".join(
        f'<div class="seal-place" id="seal-{key}"><div>湖北省某某厅{key}</div><div>2024年11月22日</div></div>'
        for key in keys
    )
    links = "".join(f'<a href="#seal-{key}"></a>' for key in keys)
    html = f"""<html lang="zh"><title>推荐函</title><style>{_STYLE}</style><body>
        <div class="sheet"><h1>推荐函</h1><p>{name}</p><p>{links}</p></div>
        <div class="sheet"><p>现推荐下列项目。</p><div class="seals">{places}</div></div>
        <div><p>附件一：{name}的材料</p></div></body></html>"""
    return printed(html, identifier=f"paper {name}")


def picture(colour: tuple[int, int, int] = (214, 32, 36), ground: Any = (247, 245, 243), side: int = 700) -> bytes:
    """A scan of a round seal on paper."""
    drawn = Image.new("RGBA" if len(ground) == 4 else "RGB", (side + 160, side + 120), ground)
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((80, 60, 80 + side, 60 + side), outline=colour, width=max(3, side // 32))
    font = ImageFont.truetype(str(next(Path("/usr/share/fonts").glob("**/NotoSansCJK-Bold.*"))), side // 3)
    pen.text((80 + side // 2, 60 + side // 2), "★", font=font, fill=colour, anchor="mm")
    made = io.BytesIO()
    drawn.save(made, "PNG")
    return made.getvalue()


@dataclass(frozen=True)
class Authority:
    """A certificate and its key, with the one that issued it."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    issuer: "Authority | None" = None

    @property
    def asn1(self) -> asn1_x509.Certificate:
        """The certificate as pyHanko has it."""
        return asn1_x509.Certificate.load(self.der)

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as text."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def p12(self, passphrase: str = "") -> bytes:
        """Key, certificate and issuer in one file."""
        locked = (
            serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
        )
        above = [self.issuer.certificate] if self.issuer else None
        return pkcs12.serialize_key_and_certificates(b"seal", self.key, self.certificate, above, locked)


def authority(name: str, issuer: Authority | None = None, *, stamps_time: bool = False, days: int = 365) -> Authority:
    """A root, or what a root issued: for signing, or for stamping time."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    above = issuer.certificate.subject if issuer else subject
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(is_root=issuer is None), critical=True)
    )
    if issuer:
        above_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        built = built.add_extension(above_key, critical=False)
    if stamps_time:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Authority(built.sign(issuer.key if issuer else key, hashes.SHA256()), key, issuer)


def _usage(*, is_root: bool) -> x509.KeyUsage:
    rest = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    return x509.KeyUsage(
        digital_signature=not is_root, content_commitment=not is_root, key_cert_sign=is_root, crl_sign=is_root, **rest
    )


@contextmanager
def time_stamp_service(tsa: Authority) -> Iterator[str]:
    """An RFC 3161 service on this machine; its address."""
    private = tsa.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(tsa.asn1, keys.PrivateKeyInfo.load(private))

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


# -- a paper that was issued ------------------------------------------------------------------------------------------
KIND = "test-letter"


def _letter_source(_actor: Actor, key: str) -> Source:
    row = Paper.objects.filter(subject=key, kind=KIND).first()
    if row is None:
        raise Hidden("letter", key)
    return Source(row, row.number, row.version, row.source, issuer=row.issuer)


def letter(standing: Standing = Standing.VALID) -> Document:
    """A kind of document that whoever sees its row may read."""
    return Document(
        "联合推荐函", "documents/paper.html", "paper.retry", _letter_source, lambda _: {}, lambda *_: standing
    )


def issued(content: bytes, *, kind: str = KIND, **facts: Any) -> Paper:
    """A paper that the worker has made; `facts`: number, subject, unit, city, enterprise …"""
    digest = hashlib.sha256(content).hexdigest()
    said = {
        "subject": "T-1", "number": "HB-2024-E", "version": 1, "source": "5" * 64, "template": "1", "code": new_code(),
        "secret": "6" * 32, "state": PaperState.MADE, "issuer": "湖北省经济和信息化厅", "issued_at": clock.now(),
        "digest": digest, "stored": default_storage.save(f"papers/test/{digest}.pdf", ContentFile(content)),
        "size": len(content), "marks": page_marks(content),
    }  # fmt: skip
    with walls.system("test"):
        return Paper.objects.create(kind=kind, **said | facts)


def paper_to_see(media: Path) -> dict[str, Any]:
    """The book of an application of the demo, where the served portal keeps its files; as addresses name it."""
    with walls.system("test"):
        rows = Submission.objects.filter(unit__code="HB", city__isnull=False, application__state="submitted")
        row = rows.select_related("application").latest("pk")
    keys = {"unit_id": row.unit_id, "city_id": row.city_id, "enterprise_id": row.enterprise_id}
    head = somebody("fuze")
    with override_settings(MEDIA_ROOT=media):
        with walls.enter(head):
            services.keep(io.BytesIO(picture()), "印章.png", actor=head)
        content = paper(keys=("enterprise", "unit"))
        made = issued(content, kind="book", subject=key_of(row), number=row.number, version=row.version, **keys)
    return {"paper": made.code, "package": _package(made).ref}


def _package(of: Paper) -> Package:
    """A package of the province's, with that paper in it."""
    with walls.system("test"):
        head = User.objects.get(email="fuze@demo.example")
        keys = {"unit_id": of.unit_id}
        row = Package.objects.create(
            ref="WB-TOSEE", kind="books", about="HB", state="made", asked_at=of.issued_at, asked_by=head,
            digest="d" * 64, stored="packages/x.zip", size=1_000_000, **keys,
        )  # fmt: skip
        row.items.create(paper=of, name="申报书/某企业.pdf", position=1, **keys)
    return row
