"""Files for tests of uploads: real ones, made by the libraries that others make them with."""

import io
import zipfile

import pikepdf
from PIL import Image


def pdf(*, change: object = None, mark: str = "") -> bytes:
    """A document of one empty page; `change` may add to it, `mark` tells one from another."""
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if mark:
            document.docinfo["/Title"] = mark
        if callable(change):
            change(document)
        document.save(made, static_id=True)
    return made.getvalue()


def picture(kind: str = "PNG", colour: str = "red", **more: object) -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (12, 8), colour).save(made, kind, **more)
    return made.getvalue()


PDF, PNG = pdf(), picture()


# -- office and video -----------------------------------------------------------------------------------------------
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def docx(
    text: str = "报告",
    *,
    parts: dict[str, str | bytes] | None = None,
    links: str = "",
    main_type: str = MAIN_TYPE,
    types: str = "",
) -> bytes:
    """A document as Word writes it, in small; `parts` are added or replaced, `links` stand among its relationships."""
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELS}"><Relationship Id="r1" Type="{_TYPE}/officeDocument"'
        ' Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>'
        "</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELS}">{links}</Relationships>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (content | (parts or {})).items():
            archive.writestr(name, part)
    return made.getvalue()


def link(kind: str, target: str) -> str:
    """A relationship that leads out of a document."""
    return f'<Relationship Id="r9" Type="{_TYPE}/{kind}" Target="{target}" TargetMode="External"/>'


def field(instruction: str) -> str:
    """A field of a document, its instruction in two pieces as Word splits them."""
    half = len(instruction) // 2
    pieces = "".join(f"<w:instrText>{piece}</w:instrText>" for piece in (instruction[:half], instruction[half:]))
    return f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r>{pieces}</w:r></w:p></w:body></w:document>'


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box of an MP4."""
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def mp4(*, brand: bytes = b"isom", handler: bytes = b"vide", data: bytes = b"\0" * 64) -> bytes:
    """A video with a picture track and nothing to see in it."""
    track = box(b"trak", box(b"mdia", box(b"hdlr", b"\0" * 8 + handler + b"\0" * 12)))
    index = box(b"moov", box(b"mvhd", b"\0" * 100) + track)
    return box(b"ftyp", brand + b"\0\0\2\0" + brand) + index + box(b"mdat", data)
