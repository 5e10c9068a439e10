"""Blind review: a frozen submission without whose it is. Pure.

Every text is gone through: names in full and short, addresses, people, codes, telephone numbers, mail and web addresses
become ×××. What a file shows can't be masked: files keep neutral names, and whoever judges blind doesn't get them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from review.names import bare

MASK = "×××"
WITHHELD = "本评审组实行盲评：附件和图片的内容无法遮蔽，不予提供；请依据申报书文字部分评审。"
# What in the book says whose it is, by section; the enterprise's and the factory's own facts come with the document.
_SAYS_WHOSE = {
    "unit": ("name", "code", "address", "legal_representative", "contact", "phone", "email"),
    "factory": ("factory_name", "factory_address"),
}
_NAMES, _PLACES = ("name", "factory_name"), ("region", "city")
_SHORTEST = 2
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?:https?://|www\.)[^\s，。；、）)]+", re.IGNORECASE),
    re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])"),
    re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    re.compile(r"(?<!\d)0\d{2,3}[-—－ ]?\d{7,8}(?:[-转]\d{1,5})?(?!\d)"),
)
_SUFFIX = re.compile(r"(?:省|市|区|县|自治州|土家族苗族自治州|林区)$")


def secrets(document: Mapping[str, Any]) -> list[str]:
    """What must not be read, longest first, so that no half of a name is left."""
    found = {text.strip() for text in _said(document) if len(text.strip()) >= _SHORTEST}
    return sorted(found, key=lambda text: (-len(text), text))


def _said(document: Mapping[str, Any]) -> Iterator[str]:
    for part in ("enterprise", "factory"):
        said = document.get(part, {})
        yield from _spoken(said, (*_NAMES, "code", "address", *_PLACES))
    for section, keys in _SAYS_WHOSE.items():
        yield from _spoken(document["sections"].get(section, {}), keys)
    yield str(document.get("submitted_by", ""))
    yield str(document.get("commitment", {}).get("by", ""))


def _spoken(said: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        text = str(said.get(key, ""))
        yield text
        if key in _NAMES and text:
            yield bare(text)
        if key in _PLACES and text:
            yield _SUFFIX.sub("", text)


def masked(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with every text masked; numbers, keys and shapes stay, files get neutral names."""
    words = secrets(document)
    found = {key: _masked(value, words) for key, value in document.items() if key != "files"}
    return found | {"files": _files(document.get("files", {}))}


def masked_text(text: str, words: list[str]) -> str:
    """One text without any of these words, nor what looks like a number or an address one can be reached by."""
    for word in words:
        if word in text:
            text = text.replace(word, MASK)
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return re.sub(f"(?:{MASK})+", MASK, text)


def _masked(value: Any, words: list[str]) -> Any:
    if isinstance(value, str):
        return masked_text(value, words)
    if isinstance(value, Mapping):
        return {key: _masked(part, words) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(part, words) for part in value]
    return value


def _files(files: Mapping[str, Any]) -> dict[str, Any]:
    number = 0
    found: dict[str, dict[str, list[Any]]] = {}
    for section, fields in files.items():
        for field, held in fields.items():
            for file in held:
                number += 1
                extension = str(file["name"]).rpartition(".")[2].lower()[:5]
                found.setdefault(section, {}).setdefault(field, []).append(
                    file | {"name": f"附件{number}.{extension}", "digest": ""}
                )
    return found
