"""The way of a batch of the demo, step by step, each through its service on the day on which it would be done."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from applications.demo import seed as applicants
from applications.models import Application
from portal import clock, walls
from portal.demo.seed import somebody
from portal.demo.trades import trade_of
from portal.services import papers
from review.demo import experts as pool
from review.guards import CHECKLIST
from review.models import Candidate, CityList, Panel, Publicity, ScoreSheet, Seat, SignOff, UnitIssue, UnitList
from review.selectors import standings
from review.selectors import unit_lists as unit_selectors
from review.selectors.assignments import plan
from review.selectors.city_lists import papers_of
from review.services import (
    assignments,
    candidates,
    choosing,
    city_lists,
    copies,
    first_reviews,
    notices,
    panels,
    publicity,
    sheets,
    sign_offs,
    unit_lists,
)  # fmt: skip
from review.services.city_lists import Issuing
from review.services.copies import Arrived
from review.services.panels import Drawing
from tiers.models import Round
from tiers.services import round_effects

EVERY = {key: {"answer": "yes", "note": ""} for key, _, _ in CHECKLIST}
DAY = timedelta(days=1)
_TIES = "已电话核实：两个工厂分别建设、产品不同，互不重复。"
_OPINIONS = (
    "{product}生产各工序装备联网完整，{fault}在线检测有据可查，建议推荐。",
    "{second}与{third}贯通程度较高，{device}应用成熟，具有示范意义。",
    "方案针对{burden}和质量波动，成效数据与现场材料一致，后续计划可行。",
)


@contextmanager
def days_ago(days: float) -> Iterator[None]:
    """What is done inside is done so many days ago."""
    with clock.shifted(clock.now() - days * DAY):
        yield


def advance(made: Round) -> Round:
    """The round as time has left it."""
    with walls.system("载入演示数据：批次"):
        round_effects.advance(made, clock.now())
        return Round.objects.select_related("unit", "edition").get(pk=made.pk)


# -- enterprises and cities --------------------------------------------------------------------------------------------
def applied(made: Round, name: str, *, direct: bool = False, number: int = 1) -> Application:
    """An application that is handed in."""
    row = applicants.begun(made, name, direct=direct)
    writer = applicants.writer_of(row.enterprise)
    with walls.enter(writer):
        applicants.write(row, writer, number=number)
    return applicants.submitted(row)


def by_city(rows: Sequence[Application]) -> Iterator[tuple[str, list[Application]]]:
    """Applications by the city that they lie before."""
    for city, of_it in groupby(sorted(rows, key=lambda row: (applicants.city_of(row), row.pk)), key=applicants.city_of):
        yield city, list(of_it)


def passed(row: Application, opinion: str = "材料完整，条件符合，同意推荐。") -> None:
    """Its city passes it."""
    reviewer = somebody(f"chushen.{applicants.city_of(row)}")
    with walls.enter(reviewer):
        first_reviews.decide(row, passes=True, checklist=EVERY, opinion=opinion, edition=0, actor=reviewer)


def rejected(row: Application, reason: str) -> None:
    """Its city doesn't recommend it."""
    reviewer = somebody(f"chushen.{applicants.city_of(row)}")
    with walls.enter(reviewer):
        first_reviews.decide(
            row, passes=False, checklist=EVERY, opinion="", edition=0, actor=reviewer, reason=reason
        )  # fmt: skip


def listed(city: str, made: Round) -> CityList:
    """The city's list goes out to be signed, with the applications' books on the shelf."""
    reviewer, head = somebody(f"chushen.{city}"), somebody(f"fuze.{city}")
    with walls.enter(reviewer):
        row = CityList.objects.select_related("round__unit", "city__region").get(
            round=made, city=reviewer.stands("city")
        )
        day = clock.beijing(clock.now()).date()
        rows = [entry.application for entry in row.entries.select_related("application__enterprise")]
        copies.record([Arrived(applicants.fresh(one), 1, 2) for one in rows], arrived_on=day, actor=reviewer)
    with walls.enter(head):
        said = Issuing("", day, head.person.name, "027-80000000", clock.now() + DAY / 2)
        city_lists.circulate(row, said, version=row.version, actor=head)
    return row


def sent_up(city: str, made: Round) -> CityList:
    """The city's list goes up, signed in ink by every department."""
    row, head, day = listed(city, made), somebody(f"fuze.{city}"), clock.beijing(clock.now()).date()
    with walls.enter(head):
        for asked in SignOff.objects.filter(issue__city_list=row):
            sign_offs.record_on_paper(asked, signed_by="分管负责人", signed_on=day, actor=head)
    with walls.system("载入演示数据：推荐名单文书"):
        for paper in papers_of(CityList.objects.get(pk=row.pk)):
            papers.make(paper.pk)
        keys = ["city", *(f"city-{office.department}" for office in notices.offices(row) if not office.is_lead)]
    with walls.enter(head):
        return city_lists.send(row, issue=1, ink=keys, actor=head)


def recommended_by_cities(rows: Sequence[Application]) -> None:
    """Every city passes its applications and sends its list up."""
    for city, of_it in by_city(rows):
        for row in of_it:
            passed(row)
        sent_up(city, of_it[0].round)


# -- the province ------------------------------------------------------------------------------------------------------
def accepted(made: Round) -> None:
    """The province receives the lists and takes everything in to be judged, the direct ones too."""
    officer = somebody("jingban")
    with walls.enter(officer):
        for row in CityList.objects.filter(round=made, state="sent"):
            city_lists.accept(row, actor=officer)
        candidates.accept_all(made, actor=officer)
        for one in Candidate.objects.filter(round=made, state="arrived").select_related("round", "application"):
            candidates.accept(one, reason=_TIES, actor=officer)
        opinion = "已通过验收，符合直接申报条件。"
        for direct in Application.objects.filter(round=made, track="direct"):
            first_reviews.decide(direct, passes=True, checklist=EVERY, opinion=opinion, edition=0, actor=officer)


@dataclass(frozen=True)
class Group:
    """A panel: its name, its divisions, who sits on it (the first is the chair), how many judge each candidate."""

    name: str
    divisions: tuple[str, ...]
    members: tuple[str, ...]
    per: int = 3
    declined: str = ""
    unanswered: str = ""


def manned(made: Round, group: Group) -> Panel:
    """The panel is drawn up, its experts come, or don't."""
    officer = somebody("jingban")
    asked = [name for name in (*group.members, group.declined, group.unanswered) if name]
    with walls.enter(officer):
        row = panels.draw(made, Drawing(group.name, group.divisions, per=group.per), actor=officer)
        panels.invite(row, [pool.member(somebody(name)) for name in asked], actor=officer)
    for name in (*group.members, group.declined):
        if name:
            who, comes = somebody(name), name in group.members
            with walls.enter(who):
                seat = Seat.objects.get(panel=row, user=who.person)
                panels.answer(seat, comes=comes, reason="" if comes else "评审期间出差。", actor=who)
    with walls.enter(officer):
        panels.name_chair(row, pool.member(somebody(group.members[0])), actor=officer)
    return row


def started(panel: Panel) -> Panel:
    """Candidates are shared out, and scoring begins."""
    officer = somebody("jingban")
    with walls.enter(officer):
        seed = panel.round.ref
        assignments.carry_out(panel, seed=seed, digest=plan(panel, seed).digest, actor=officer)
        return panels.start(Panel.objects.select_related("round").get(pk=panel.pk), actor=officer)


def judged(panel: Panel, marks: Mapping[str, Decimal], *, missing: str = "") -> None:
    """Everybody but `missing` signs every sheet; `marks`: the share of each weight, by candidate's number."""
    with walls.system("载入演示数据：评分"):
        rows = list(ScoreSheet.objects.filter(panel=panel, state="assigned").order_by("number", "pk"))
        rows = [row for row in rows if row.user.email.partition("@")[0] != missing]
    for _, of_one in groupby(rows, key=lambda row: row.number):
        for lean, row in zip(("0.02", "0", "-0.02", "0"), of_one, strict=False):
            _signed(row, marks[row.number] + Decimal(lean))


def opened(panel: Panel, chair: str) -> None:
    """The chair lets the panel's experts see each other's sheets."""
    who = somebody(chair)
    with walls.enter(who):
        panels.open_up(Panel.objects.select_related("round", "chair").get(pk=panel.pk), actor=who)


def _signed(sheet: ScoreSheet, share: Decimal) -> None:
    who = somebody(sheet.user.email.partition("@")[0])
    trade = trade_of(sheet.industry)
    _, second, third, _ = trade.steps
    opinion = _OPINIONS[sheet.pk % len(_OPINIONS)].format(
        product=trade.product, fault=trade.fault, second=second, third=third, device=trade.devices[1],
        burden=trade.burden,
    )  # fmt: skip
    with walls.enter(who):
        row = ScoreSheet.objects.select_related("panel__round").get(pk=sheet.pk)
        sheets.declare(row, actor=who)
        scores = {
            c.code: {"score": str((c.weight * share).quantize(Decimal("0.1"))), "comment": ""}
            for c in row.panel.round.value.criteria
        }
        kept = sheets.save(row, {"scores": scores, "opinion": opinion}, edition=0, actor=who)
        sheets.sign(row, edition=kept.edition, proved_by="second_factor", actor=who)


def chosen(made: Round, count: int, *, shares: Mapping[str, int] | None = None) -> list[Candidate]:
    """The best so many of each group's score order are recommended; `shares`: so many of each group."""
    officer = somebody("jingban")
    with walls.enter(officer):
        if shares:
            choosing.share(made, shares, actor=officer)
        rows = ranked(made)[:count]
        choosing.recommend_many(made, rows, actor=officer)
    return rows


def ranked(made: Round) -> list[Candidate]:
    """A round's candidates in score order; the caller stands at the unit."""
    found = standings.judged(made)
    lines = [line for group in found.groups.values() for line in group if line.rank]
    rows = Candidate.objects.select_related("round__unit", "application__factory").in_bulk(
        [int(str(line.key)) for line in lines]
    )
    return [rows[int(str(line.key))] for line in sorted(lines, key=lambda line: line.rank)]


def made_public(made: Round) -> Publicity:
    """Those recommended are made public."""
    officer, head = somebody("jingban"), somebody("fuze")
    with walls.enter(officer):
        row = publicity.draw(made, actor=officer)
        said = {name: getattr(row, name) for name in publicity.FIELDS}
        said |= {"phone": "027-87000000", "email": "gongshi@demo.example", "address": "湖北省武汉市示例路1号"}
        row = publicity.edit(row, said, version=row.version, actor=officer)
    with walls.enter(head):
        return publicity.publish(row, actor=head)


def reported(made: Round) -> UnitList:
    """The province's list is signed in ink, and goes to the ministry."""
    officer, head, day = somebody("jingban"), somebody("fuze"), clock.beijing(clock.now()).date()
    with walls.enter(officer):
        rows = [row.application for _, row in unit_selectors.recommended(made)]
        copies.record([Arrived(applicants.fresh(one), 1, 2) for one in rows], arrived_on=day, actor=officer)
    with walls.enter(head):
        row = UnitList.objects.get(round=made)
        said = Issuing("鄂经信函（示例）", day, head.person.name, "027-87000000", clock.now() + DAY / 2)
        issue: UnitIssue = unit_lists.circulate(made, said, version=row.version, actor=head)
        for asked in SignOff.objects.filter(unit_issue=issue):
            sign_offs.record_on_paper(asked, signed_by="分管负责人", signed_on=day, actor=head)
    with walls.system("载入演示数据：上报名单文书"):
        for paper in unit_selectors.papers_of(UnitList.objects.get(pk=row.pk)):
            papers.make(paper.pk)
        keys = [unit_selectors.seal_key(office) for office in unit_lists.offices(made)]
    with walls.enter(head):
        return unit_lists.send(made, issue=1, ink=keys, actor=head)
