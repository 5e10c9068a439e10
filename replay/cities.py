"""A city's part: first reviews, copies on paper, the order, joint signatures, the list sent up (82号 二(三)1)."""

from collections.abc import Sequence
from datetime import timedelta

from applications.services import course
from applications.services.course import Item
from portal import clock, walls
from portal.models import Paper
from portal.services import papers
from replay import waiting
from replay.applicants import Applicant
from replay.people import Desks
from replay.seals import stamped
from review.guards import CHECKLIST
from review.models import CityList, ListIssue, SignOff
from review.selectors.city_lists import papers_of
from review.selectors.first_reviews import desk_edition
from review.services import city_lists, copies, first_reviews, sign_offs
from review.services.city_lists import Issuing
from review.services.copies import Arrived
from tiers.models import Round

_EVERY = {key: {"answer": "yes", "note": ""} for key, _, _ in CHECKLIST}
# Area codes of Hubei's cities, for the invented numbers of those who can be asked.
_AREAS = {
    "420100": "027", "420200": "0714", "420300": "0719", "420500": "0717", "420600": "0710", "420700": "027",
    "420800": "0724", "420900": "0712", "421000": "0716", "421100": "0713", "421200": "0715", "421300": "0722",
    "422800": "0718", "429004": "0728", "429005": "0728", "429006": "0728", "429021": "0719",
}  # fmt: skip
_HALF_A_DAY = timedelta(hours=12)
COPIES = 2  # 82号 二(三)1: 纸质版申报书一式两份


def passed(who: Applicant, desks: Desks, opinion: str) -> None:
    """It passes the first review."""
    _decided(who, desks, opinion)


def rejected(who: Applicant, desks: Desks, opinion: str, reason: str) -> None:
    """It doesn't, with the reason that its applicant reads."""
    _decided(who, desks, opinion, reason)


def _decided(who: Applicant, desks: Desks, opinion: str, reason: str = "") -> None:
    checklist = _EVERY
    if reason:
        last = next(reversed(_EVERY))
        checklist = _EVERY | {last: {"answer": "no", "note": reason}}
    with walls.enter(desks.officer):
        row = who.row
        first_reviews.decide(
            row, passes=not reason, checklist=checklist, opinion=opinion, edition=desk_edition(row), reason=reason,
            actor=desks.officer,
        )  # fmt: skip


def returned(who: Applicant, desks: Desks, items: Sequence[Item], *, hours: int, opinion: str) -> None:
    """It goes back to have these mended, within so many hours."""
    until = clock.now() + timedelta(hours=hours)
    with walls.enter(desks.officer):
        course.return_for_correction(who.row, items=items, until=until, opinion=opinion, actor=desks.officer)


def printed(applicants: Sequence[Applicant]) -> list[Paper]:
    """The books of the versions that stand, made by the press and each stamped by its enterprise."""
    asked = []
    for who in applicants:
        with walls.enter(who.actor):
            row = who.row
            asked.append(papers.issue("book", f"{row.ref}/{row.version}", actor=who.actor))
    made = waiting.papers(asked)
    for who, paper in zip(applicants, made, strict=True):
        stamped(paper, "enterprise", who.actor)
    return made


def arrived(applicants: Sequence[Applicant], desks: Desks) -> None:
    """Both copies of each are there."""
    with walls.enter(desks.officer):
        rows = [who.row for who in applicants]
        today = clock.beijing(clock.now()).date()
        copies.record([Arrived(row, row.version, COPIES) for row in rows], arrived_on=today, actor=desks.officer)


def circulated(round_: Round, desks: Desks) -> ListIssue:
    """The order is frozen, and every joint department asked to sign."""
    head = desks.head
    with walls.enter(head):
        row = _list_of(round_, desks)
        today, phone = clock.beijing(clock.now()).date(), f"{_AREAS[row.city.region_id]}-80000000"
        said = Issuing("", today, desks.officer.name, phone, clock.now() + _HALF_A_DAY)
        return city_lists.circulate(row, said, version=row.version, actor=head)


def _list_of(round_: Round, desks: Desks) -> CityList:
    rows = CityList.objects.select_related("round__unit", "city__region")
    return rows.get(round=round_, city=desks.head.stands("city"))


def agreed(asked: Sequence[SignOff], desks: Desks) -> None:
    """Every joint department agrees, each by its own people."""
    for sign_off in asked:
        actor = desks.joint[sign_off.office_id]
        with walls.enter(actor):
            sign_offs.answer(sign_off, "agree", actor=actor)


def asked_about(issue: ListIssue) -> list[SignOff]:
    """The signatures that an issue waits for."""
    with walls.system("演练：会签"):
        return list(SignOff.objects.filter(issue=issue).select_related("office", "issue__city_list__round"))


def sent(round_: Round, desks: Desks, issue: ListIssue) -> tuple[CityList, list[Paper]]:
    """Table and letter are made, stamped in ink by all five departments, and the list goes up."""
    with walls.system("演练：推荐名单文书"):
        asked = papers_of(_list_of(round_, desks))
    made = waiting.papers(asked)
    with walls.enter(desks.head):
        keys = ["city", *(f"city-{department}" for department in desks.departments)]
        row = city_lists.send(_list_of(round_, desks), issue=issue.version, ink=keys, actor=desks.head)
    return row, made
