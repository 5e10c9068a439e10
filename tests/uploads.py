"""Files for tests of uploads: real ones, made by the libraries that others make them with."""

import io

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
