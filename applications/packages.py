"""Packages of books."""

from applications.exports import standing
from applications.selectors.printing import key_of
from portal.actors import Actor
from portal.packages import Bundle, Item
from tiers.exports import ROUND
from tiers.models import Round

_ODD = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


def _books(actor: Actor, round_: Round) -> list[Item]:
    """The book of every version that stands, by number."""
    return [
        Item("book", key_of(row), f"申报书/{row.number}-{row.document['enterprise']['name'].translate(_ODD)[:80]}.pdf")
        for row in standing(actor, round_)
    ]


PACKAGES = {"books": Bundle("申报书", "export.summary", ROUND, _books)}
