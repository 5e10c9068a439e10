"""Check codes: what is printed on a paper so that anybody can ask whether the portal issued it."""

import hashlib
import re
import secrets
import unicodedata

# None of them can be mistaken for another when read from paper.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH, PAGE_CODE_LENGTH = 12, 6
# What the QR says, as a scanner types it or somebody pastes it.
_ADDRESS = re.compile(r"^.*/VERIFY/([^/?#]+)/?$")


def new_code() -> str:
    """A fresh check code: eleven letters by chance (54 bits), and one that shows a slip in typing."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH - 1))
    return letters + _check(letters)


def grouped(code: str) -> str:
    """The code as it is printed: K7QD-3MPX-9RTW."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def read_code(typed: str, length: int = CODE_LENGTH) -> str | None:
    """The code that somebody typed, in any case and width, with or without dashes; None when it can't be one.

    The address that the QR says will do as well, and the word that is printed before the code.
    """
    text = _ADDRESS.sub(r"\1", unicodedata.normalize("NFKC", typed).strip().upper())
    text = text.removeprefix("核验码").lstrip(":")
    letters = "".join(letter for letter in text if letter not in "-‐‑–—− \t\r\n")
    if len(letters) != length or any(letter not in _LETTERS for letter in letters):
        return None
    return letters if length != CODE_LENGTH or _check(letters[:-1]) == letters[-1] else None


def page_code(secret: str, page: int) -> str:
    """The code at the foot of a page (1, 2, …) of the paper with this secret; nobody can make it from another's."""
    number = int.from_bytes(hashlib.sha256(f"{secret}|{page}".encode()).digest()[:16])
    letters = []
    for _ in range(PAGE_CODE_LENGTH):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)


def _check(letters: str) -> str:
    """A letter that changes with each single slip and each swap of neighbours (the alphabet's size is a prime)."""
    return _LETTERS[sum((place + 1) * _LETTERS.index(letter) for place, letter in enumerate(letters)) % len(_LETTERS)]
