"""Packages of the review: what a city sends up, as files."""

from applications.models import Submission
from applications.selectors.printing import key_of
from portal.actors import Actor
from portal.packages import Bundle, Item
from portal.roles import Level
from review.models import CityList
from review.selectors.city_lists import KINDS
from review.selectors.city_lists import city_lists as seen
from tiers.exports import ROUND
from tiers.models import Round

_ODD = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))
_NAMES = {"city_table": "推荐汇总表", "city_letter": "联合推荐函"}


def _lists(actor: Actor, round_: Round) -> list[Item]:
    """Table, letter and books in priority order: a city's own list, or every list that was sent to the unit."""
    found = []
    for row in seen(actor).filter(round=round_, issued__gte=1).order_by("city"):
        folder = "" if actor.role is not None and actor.role.level is Level.CITY else f"{row.city.region.name}/"
        found += [Item(kind, f"{row.ref}/{row.issued}", f"{folder}{_NAMES[kind]}.pdf") for kind in KINDS]
        found += _books(row, folder)
    return found


def _books(city_list: CityList, folder: str) -> list[Item]:
    entries = {e.application_id: e for e in city_list.entries.select_related("enterprise")}
    rows = Submission.objects.filter(application__in=entries.keys()).select_related("application").defer("document")
    found = {}
    for row in rows:
        entry = entries[row.application_id]
        if row.version == entry.version:
            name = f"{entry.position:02d}-{row.number}-{entry.enterprise.name.translate(_ODD)[:80]}"
            found[entry.position] = Item("book", key_of(row), f"{folder}申报书/{name}.pdf")
    return [found[place] for place in sorted(found)]


PACKAGES = {"city_lists": Bundle("市州推荐材料", "export.summary", ROUND, _lists)}
