"""The virus scanner, where one is configured: what it can't clear is not taken in."""

import socket
import struct
from typing import BinaryIO
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from portal.errors import Refused

log = structlog.get_logger(__name__)

_CHUNK, _SECONDS = 65_536, 30


def scan(stream: BinaryIO, shown: str) -> None:
    """Let clamd look at a file (its INSTREAM command), a piece at a time. Without CLAMD_URL nothing is scanned.

    Raises Refused for what it finds, and when it doesn't answer: a scanner that is away must not let anything through.
    """
    if not settings.CLAMD_URL:
        return
    try:
        answer = _asked(stream)
    except OSError as error:
        log.warning("antivirus.away", error=str(error)[:200])
        raise Refused("病毒扫描服务暂时不可用，文件未上传，请稍后重试。") from error
    if answer.endswith("FOUND"):
        log.warning("antivirus.found", answer=answer[:200])
        raise Refused(f"“{shown}”未通过病毒扫描，不能上传。")
    if not answer.endswith("OK"):
        log.warning("antivirus.unclear", answer=answer[:200])
        raise Refused("病毒扫描未完成，文件未上传，请稍后重试。")


def _asked(stream: BinaryIO) -> str:
    with _connected() as connection:
        connection.sendall(b"zINSTREAM\0")
        stream.seek(0)
        while chunk := stream.read(_CHUNK):
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and (part := connection.recv(4096)):
            answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connected() -> socket.socket:
    """tcp://host:port, or unix:///path of its socket."""
    address = urlsplit(settings.CLAMD_URL)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_SECONDS)
        try:
            connection.connect(address.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((address.hostname or "", address.port or 3310), timeout=_SECONDS)
