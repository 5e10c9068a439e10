"""Uploads: what acts by itself, hides something or is broken stays outside; a scanner that is away lets nothing in."""

import io
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from portal.errors import Refused
from portal.uploads import examined
from tests.uploads import PDF, PNG, pdf, picture


def _seen(content: bytes, name: str = "文件") -> Any:
    return examined(io.BytesIO(content), name)


# -- documents ------------------------------------------------------------------------------------------------------
def _script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _script_in_a_name_tree(document: pikepdf.Pdf) -> None:
    action = document.make_indirect(Dictionary(S=Name.JavaScript, JS=String("x")))
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))


def _launch(document: pikepdf.Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=Dictionary(S=Name.Launch, F="x"))
    document.pages[0].Annots = Array([note])


def _on_opening_a_page(document: pikepdf.Pdf) -> None:
    document.pages[0].AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("http://x")))


def _file_inside(document: pikepdf.Pdf) -> None:
    document.attachments["virus.exe"] = b"MZ"


def _form(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=String("<xdp/>"))


@pytest.mark.parametrize("change", [_script, _script_in_a_name_tree, _launch, _on_opening_a_page, _file_inside, _form])
def test_document_that_acts_by_itself_is_refused(change: Callable[[pikepdf.Pdf], None]) -> None:
    with pytest.raises(Refused, match="脚本、自动动作或内嵌文件"):
        _seen(pdf(change=change))


def test_script_inside_a_compressed_object_stream_is_found() -> None:
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        _script_in_a_name_tree(document)
        document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/JavaScript" not in made.getvalue(), "it can't be seen from outside"
    with pytest.raises(Refused, match="脚本"):
        _seen(made.getvalue())


def test_plain_document_with_links_and_bookmarks_is_kept_as_it_is() -> None:
    def change(document: pikepdf.Pdf) -> None:
        link = Dictionary(S=Name.URI, URI=String("https://www.c3mep.cn"))
        note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=link)
        document.pages[0].Annots = Array([note])
        with document.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("第一章", 0))

    content = pdf(change=change)
    kept = _seen(content, "报告.pdf")
    assert (kept.content, kept.media_type, kept.extension, kept.size) == (
        content,
        "application/pdf",
        "pdf",
        len(content),
    )


def test_locked_broken_and_empty_documents_are_refused_with_what_to_do() -> None:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(PDF)) as document:
        document.save(made, encryption=pikepdf.Encryption(owner="o", user=""))
    for content, says in (
        (made.getvalue(), "密码或权限限制"),
        (b"%PDF-1.7 and then nothing", "不是完整的 PDF"),
        (PDF[: len(PDF) // 3], "不是完整的 PDF|没有页面"),
    ):
        with pytest.raises(Refused, match=says):
            _seen(content)


# -- pictures -------------------------------------------------------------------------------------------------------
def test_picture_is_made_anew_without_what_else_it_carried() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # lies on its side
    tagged = picture("JPEG", exif=exif) + b"PK\x03\x04 an archive behind it"
    kept = _seen(tagged, "现场.jpg")
    assert b"secret place" not in kept.content
    assert b"archive" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as upright:
        assert (upright.format, upright.size) == ("JPEG", (8, 12))
        assert not upright.getexif()


def test_picture_of_too_many_pixels_or_broken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.uploads.MOST_PIXELS", 90)
    with pytest.raises(Refused, match="像素过多"):
        _seen(PNG)
    monkeypatch.undo()
    for content in (PNG[:40], b"\x89PNG\r\n\x1a\n" + b"0" * 50, picture("JPEG")[:100]):
        with pytest.raises(Refused, match="不是完整的图片"):
            _seen(content)


def test_transparent_picture_stays_transparent() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(made, "PNG")
    with Image.open(io.BytesIO(_seen(made.getvalue()).content)) as kept:
        assert kept.mode == "RGBA"


# -- the scanner ----------------------------------------------------------------------------------------------------
@contextmanager
def _clamd(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Something that speaks clamd's INSTREAM, and what it was shown."""
    shown: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            connection, _ = door.accept()
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while (size := struct.unpack("!I", stream.read(4))[0]) > 0:
                    content += stream.read(size)
                shown.append(content)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"tcp://127.0.0.1:{door.getsockname()[1]}", shown
        thread.join(10)


def test_clean_file_is_shown_whole_to_the_scanner_and_kept(settings: Any) -> None:
    big = pdf(mark="很长" * 60_000)
    with _clamd(b"stream: OK\0") as (address, shown):
        settings.CLAMD_URL = address
        assert _seen(big).content == big
    assert shown == [big]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"stream: Eicar-Test-Signature FOUND\0", "未通过病毒扫描"),
        (b"INSTREAM size limit exceeded. ERROR\0", "扫描未完成"),
        (b"", "扫描未完成"),
    ],
)
def test_what_the_scanner_does_not_clear_is_not_taken_in(answer: bytes, says: str, settings: Any) -> None:
    with _clamd(answer) as (address, _):
        settings.CLAMD_URL = address
        with pytest.raises(Refused, match=says):
            _seen(PDF)


def test_scanner_that_is_away_lets_nothing_in(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    for address in (f"tcp://127.0.0.1:{port}", "unix:///nowhere/clamd.sock"):
        settings.CLAMD_URL = address
        with pytest.raises(Refused, match="暂时不可用"):
            _seen(PDF)
