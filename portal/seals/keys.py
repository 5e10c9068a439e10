"""The keys organisations sign with: PKCS#12 files in a folder, or a PKCS#11 token; never in the database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pkcs11
from asn1crypto import pem, x509
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko.sign.signers import Signer, SimpleSigner

from portal.errors import Refused

# A process logs in to a token once: whoever signs at the same time waits.
_TOKEN = threading.Lock()
_UNREADABLE = "签名密钥现在无法使用，文书未签名：请联系平台管理员核对密钥与口令。"


@dataclass(frozen=True)
class Certificate:
    """What a page says of an organisation's key."""

    holder: str
    issuer: str
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True)
class Keys:
    """Where the keys are. Each is named by its organisation: `HB-industry`, `420100-finance`, an enterprise's code."""

    folder: Path | None = None
    passphrases: dict[str, str] = field(default_factory=dict, repr=False)
    module: str = ""
    token: str = ""
    pin: str = field(default="", repr=False)
    in_token: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether that organisation has a key; nothing is opened to know it."""
        return name in self.in_token or self._file(name) is not None

    @contextmanager
    def signer(self, name: str) -> Iterator[Signer]:
        """Who signs with that key, while the block lasts. Raises Refused when it can't be used."""
        if name in self.in_token:
            with self._token_signer(name) as signer:
                yield signer
        else:
            yield self._file_signer(name)

    def certificate(self, name: str) -> Certificate:
        """Whose it is, and until when. Raises Refused when it can't be read."""
        with self.signer(name) as signer:
            return _about(signer.signing_cert)

    def _file(self, name: str) -> Path | None:
        if self.folder is None:
            return None
        path = self.folder / f"{name}.p12"
        return path if path.parent == self.folder and path.is_file() else None

    def _file_signer(self, name: str) -> Signer:
        path = self._file(name)
        try:
            if path is None:
                raise ValueError(name)
            return SimpleSigner.load_pkcs12_data(path.read_bytes(), [], self.passphrases.get(name, "").encode())
        except (OSError, ValueError, AttributeError) as error:  # a file that holds no key
            raise Refused(_UNREADABLE) from error

    @contextmanager
    def _token_signer(self, name: str) -> Iterator[Signer]:
        with _TOKEN, self._session() as session:
            signer = PKCS11Signer(session, cert_label=name, key_label=name, other_certs_to_pull=None)
            try:
                about = signer.signing_cert
            except (pkcs11.PKCS11Error, ValueError) as error:
                raise Refused(_UNREADABLE) from error
            if about is None:
                raise Refused(_UNREADABLE)
            yield signer

    @contextmanager
    def _session(self) -> Iterator[pkcs11.Session]:
        try:
            session = pkcs11.lib(self.module).get_token(token_label=self.token).open(user_pin=self.pin)
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise Refused(_UNREADABLE) from error
        with session:
            yield session


def roots(folder: Path | None) -> list[x509.Certificate]:
    """The certificates that signatures must lead to: every PEM or DER file in the folder."""
    found = []
    for path in sorted(folder.iterdir()) if folder and folder.is_dir() else ():
        content = path.read_bytes()
        for _, _, der in pem.unarmor(content, multiple=True) if pem.detect(content) else ((None, None, content),):
            found.append(x509.Certificate.load(der))
    return found


def _about(certificate: x509.Certificate) -> Certificate:
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return Certificate(
        holder=subject.get("common_name") or certificate.subject.human_friendly,
        issuer=issuer.get("common_name") or certificate.issuer.human_friendly,
        valid_from=certificate.not_valid_before,
        valid_until=certificate.not_valid_after,
    )
