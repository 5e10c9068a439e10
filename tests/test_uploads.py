"""Uploads: what acts by itself, hides something or is broken stays outside; a scanner that is away lets nothing in."""

import hashlib
import io
import socket
import struct
import threading
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from portal.errors import Refused
from portal.spreadsheets import workbook
from portal.uploads import FORMATS, MB, STANDARD, Allowed, Upload, examined
from tests.uploads import PDF, PNG, box, docx, field, link, mp4, pdf, picture
from tiers import terms


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
    monkeypatch.setattr("portal.uploads.pictures.MOST_PIXELS", 90)
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


# -- office ---------------------------------------------------------------------------------------------------------
OFFICE = Allowed(("pdf", "docx", "xlsx"), 10 * MB)


def _taken(content: bytes, name: str = "附件.docx", allowed: Allowed = OFFICE) -> Upload:
    return examined(io.BytesIO(content), name, allowed=allowed)


def test_document_and_workbook_are_kept_as_they_are() -> None:
    content = docx(links=link("hyperlink", "https://www.c3mep.cn"))
    kept = _taken(content)
    assert (kept.extension, kept.content, kept.digest) == ("docx", content, hashlib.sha256(content).hexdigest())
    kept = _taken(workbook("表", ["甲", "乙"], [[1, "二"]]), "数据.xlsx")
    assert (kept.extension, kept.name) == ("xlsx", "数据.xlsx")


_BIN = '<Override PartName="/word/{}" ContentType="application/vnd.{}"/>'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99


@pytest.mark.parametrize(
    "content",
    [
        docx(parts={"word/vbaProject.bin": _OLE}),
        docx(types=_BIN.format("x.bin", "ms-office.vbaProject")),
        docx(parts={"word/embeddings/oleObject1.bin": b"x"}),
        docx(parts={"word/media/image1.png": _OLE}),
        docx(parts={"word/media/image1.png": b"PK\x03\x04 an archive"}),
        docx(parts={"customXml/item1.xml": b"MZ program"}),
        docx(parts={"word/activeX/activeX1.xml": "<a/>"}),
        docx(links=link("attachedTemplate", "https://evil.example/t.dotm")),
        docx(links=link("image", "file://server/share/x.png")),
        docx(links=link("hyperlink", "file:///etc/passwd")),
        docx(links=link("hyperlink", "javascript:alert(1)")),
        docx(parts={"word/document.xml": field('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"')}),
        docx(parts={"xl/externalLinks/externalLink1.xml": "<a/>"}),
        docx(parts={"xl/connections.xml": "<a/>"}),
    ],
)
def test_office_file_that_acts_carries_files_or_reaches_out_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="含有宏、嵌入对象或外部链接"):
        _taken(content)


def test_macro_document_under_a_plain_name_is_told_by_its_type() -> None:
    macro = docx(main_type="application/vnd.ms-word.document.macroEnabled.main+xml")
    with pytest.raises(Refused, match="不是可接受的文件：请上传PDF、DOCX 或 XLSX 格式，每个文件不超过 10 MB"):
        _taken(macro)


def test_archive_bomb_entities_and_forged_archives_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entities = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    for odd in (
        docx(parts={"word/document.xml": entities}),
        docx(parts={"word/header1.xml": "<a><b>"}),
        docx(parts={"../../evil.xml": "<a/>"}),
        docx(parts={"/etc/x.xml": "<a/>"}),
        docx(parts={"word\\x.xml": "<a/>"}),
        _with_wrong_sum(docx()),
    ):
        with pytest.raises(Refused, match="不是完整的文件"):
            _taken(odd)
    for name, most in (("MOST_UNPACKED", 500), ("MOST_PARTS", 3)):
        with monkeypatch.context() as patch:
            patch.setattr(f"portal.uploads.office.{name}", most)
            with pytest.raises(Refused, match="解开后过大"):
                _taken(docx())


def _with_wrong_sum(content: bytes) -> bytes:
    """The same with one byte of a part changed, which only its checksum shows."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = archive.getinfo("word/document.xml").header_offset + 30 + len("word/document.xml")
    return content[: place + 9] + bytes([content[place + 9] ^ 0xFF]) + content[place + 10 :]


@pytest.mark.parametrize(
    ("head", "hint"),
    [
        (b"PK\x03\x04zip", "压缩包请解开"),
        (b"Rar!\x1a\x07", "压缩包请解开"),
        (b"7z\xbc\xaf\x27\x1c", "压缩包请解开"),
        (_OLE, "另存为.docx、.xlsx 或 PDF"),
        (b"MZ\x90", "请上传PDF、DOCX 或 XLSX 格式"),
    ],
)
def test_other_archives_old_office_and_programs_are_refused_with_what_to_bring(head: bytes, hint: str) -> None:
    with pytest.raises(Refused, match=hint):
        _taken(head + b"\0" * 100)


# -- video ----------------------------------------------------------------------------------------------------------
VIDEO = Allowed(("mp4",), 200 * MB)


def test_whole_video_is_kept_as_it_is() -> None:
    for content in (mp4(), mp4(brand=b"mp42"), _index_last(mp4()), _with_long_size(mp4())):
        assert _taken(content, "宣传片.mp4", VIDEO).content == content


def _index_last(content: bytes) -> bytes:
    """As cameras write it: ftyp, mdat, moov."""
    first = content.index(b"moov") - 4
    data = content.index(b"mdat") - 4
    return content[:first] + content[data:] + content[first:data]


def _with_long_size(content: bytes) -> bytes:
    """The data under a size of 64 bits."""
    data = content.index(b"mdat") - 4
    length = len(content) - data - 8
    return content[:data] + (1).to_bytes(4, "big") + b"mdat" + (length + 16).to_bytes(8, "big") + content[data + 8 :]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (mp4()[:-10], "不是完整的 MP4"),
        (mp4() + b"tail", "不是完整的 MP4"),
        (mp4() + box(b"evil", b"x"), "不是完整的 MP4"),
        (mp4() + mp4(), "不是完整的 MP4"),
        (mp4().replace(b"mdat", b"free"), "不是可以播放的"),
        (mp4(handler=b"soun"), "不是可以播放的"),
        (mp4(brand=b"qt  "), "不是可以播放的"),
        (mp4(data=docx()), "不是可以播放的"),
        (box(b"ftyp", b"isom"), "不是可以播放的"),
        (b"\0\0\0\x02ftypisom", "不是完整的 MP4"),
    ],
)
def test_what_is_no_whole_video_or_something_else_too_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        _taken(content, "宣传片.mp4", VIDEO)


def test_document_with_an_archive_behind_it_is_refused() -> None:
    with pytest.raises(Refused, match="不是完整的 PDF"):
        _seen(PDF + docx())


# -- names and sizes ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "shown"),
    [("报告.PDF", "报告.PDF"), ("报告", "报告.pdf"), ("报告.2024", "报告.2024.pdf"), ("第1.5版", "第1.5版.pdf")],
)
def test_name_gets_the_extension_it_lacks(name: str, shown: str) -> None:
    assert _seen(PDF, name).name == shown


@pytest.mark.parametrize("name", ["报告.docx", "报告.exe", "报告.pdf.scr", "报告.html", "现场.png"])
def test_name_that_says_something_else_is_refused(name: str) -> None:
    with pytest.raises(Refused, match=r"内容是 PDF，与扩展名不符.*PDF、JPG 或 PNG 格式"):
        _seen(PDF, name)


def test_limits_are_said_beforehand_in_the_words_of_the_refusal() -> None:
    assert STANDARD.words == "PDF、JPG 或 PNG 格式，每个文件不超过 10 MB"
    assert STANDARD.accept == ".pdf,.jpg,.jpeg,.png"
    assert VIDEO.words == "MP4 格式，每个文件不超过 200 MB"
    whole = Allowed(("pdf",), len(PDF))
    assert _taken(PDF, "x.pdf", whole).size == len(PDF)
    with pytest.raises(Refused, match="超过 0 MB"):
        _taken(PDF, "x.pdf", Allowed(("pdf",), len(PDF) - 1))


def test_every_format_of_a_rounds_terms_can_be_taken_in() -> None:
    assert set(terms.FORMATS) == set(FORMATS)


def test_large_video_on_disk_is_never_in_memory_and_moves_into_its_place(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    size = 150 * MB
    with TemporaryUploadedFile("大.mp4", "video/mp4", size, None) as arrived:
        head = mp4(data=b"")
        arrived.write(head[:-8] + (size + 8).to_bytes(4, "big") + b"mdat")
        arrived.truncate(len(head) + size)
        path = Path(arrived.temporary_file_path())
        tracemalloc.start()
        kept = examined(arrived, arrived.name, allowed=VIDEO)
        stored = default_storage.save("a/b.mp4", kept.opened())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8 * MB
        assert not path.exists(), "moved, not copied"
        assert (tmp_path / stored).stat().st_size == len(head) + size == kept.size


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
