"""A batch of this year that lies before the experts: applied for, passed, sent up, accepted, half of it judged.

Everything happened in the last weeks, each step through its service on the day on which it would have been done.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from applications import screening
from applications.demo import seed as applicants
from applications.demo.books import screening_answers
from applications.models import Application
from applications.services import beginning, submitting, takeover
from applications.services.submitting import COMMITMENTS, Commitment
from portal import clock, walls
from portal.actors import Actor
from portal.models import Enterprise, Membership
from portal.roles import Role
from portal.services import papers
from review.demo import experts as pool
from review.guards import CHECKLIST
from review.models import Candidate, CityList, Panel, ScoreSheet, Seat, SignOff
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
)  # fmt: skip
from review.services.city_lists import Issuing
from review.services.copies import Arrived
from review.services.panels import Drawing
from tiers.demo.rounds import somebody
from tiers.models import Factory, Round
from tiers.rounds import end_of
from tiers.selectors.rounds import editions
from tiers.services import round_effects, rounds

CITIES = {
    "wuhan": ("精密传动部件智能工厂", "光谷传感器工厂", "光谷封装测试工厂", "生物制剂二期工厂"),
    "yichang": ("猇亭精细化工工厂",),
}
DIRECT = "车身部件智能工厂"
# Panel, divisions, and what each of its experts gives of each criterion's weight, candidate by candidate.
GROUPS = (
    ("装备电子专家组", ("C34", "C39"), ("zhuanjia1", "zhuanjia2", "zhuanjia3", "zhuanjia4")),
    ("医药化工专家组", ("C26", "C27"), ("zhuanjia2", "zhuanjia4", "zhuanjia5", "zhuanjia1")),
)
_MARKS = ("0.9", "0.86", "0.82", "0.88", "0.84", "0.8")
_EVERY = {key: {"answer": "yes", "note": ""} for key, _, _ in CHECKLIST}
_DAY = timedelta(days=1)
_TIES = "已电话核实：两个工厂分别建设、产品不同，互不重复。"


def seed(source: Round) -> None:
    """All of it; `source` is the round of which this is the second batch."""
    now = clock.now()
    with clock.shifted(now - 46 * _DAY):
        made = _round(source, now)
    with clock.shifted(now - 24 * _DAY):
        rows = [_applied(made, name) for names in CITIES.values() for name in names]
        _applied(made, DIRECT, direct=True)
    with clock.shifted(now - 12 * _DAY):
        for city, names in CITIES.items():
            _sent_up(city, [row for row in rows if row.factory.name in names])
    with clock.shifted(now - 9 * _DAY):
        _advance(made)
        _accepted(made)
    with clock.shifted(now - 8 * _DAY):
        _advance(made)
        pool.pool()
        drawn = [_panel(made, *group) for group in GROUPS]
    with clock.shifted(now - 3 * _DAY):
        _judged(*drawn)
    with clock.shifted(now - 1 * _DAY):
        _chosen(made)


# -- the round -----------------------------------------------------------------------------------------------------
def _round(source: Round, now: datetime) -> Round:
    officer, head = somebody("jingban"), somebody("fuze")
    today: date = clock.beijing(now).date()
    with walls.enter(officer):
        made = rounds.clone(
            source, edition=editions()[0], year=source.year, batch=2, opens_on=today - 45 * _DAY, actor=officer
        )
        values = {name: getattr(made, name) for name in rounds.BASICS} | {
            "enterprise_until": end_of(today - 20 * _DAY), "city_until": end_of(today - 10 * _DAY),
            "unit_until": end_of(today + 20 * _DAY), "publicity_days": 5,
        }  # fmt: skip
        made = rounds.edit_basics(made, values, version=made.version, actor=officer)
    with walls.enter(head):
        rounds.publish(made, actor=head)
    return _advance(made, now - 45 * _DAY)


def _advance(made: Round, at: datetime | None = None) -> Round:
    with walls.system("载入演示数据：批次"):
        round_effects.advance(made, at or clock.now())
        return Round.objects.select_related("unit", "edition").get(pk=made.pk)


# -- enterprises ---------------------------------------------------------------------------------------------------
def _applied(made: Round, name: str, *, direct: bool = False) -> Application:
    with walls.system("载入演示数据：申报"):
        factory = Factory.objects.select_related("enterprise").get(name=name)
        writer, admin = _writer(factory.enterprise), applicants.admin_of(factory.enterprise)
    with walls.enter(writer):
        said = screening_answers(screening.section(made.value))
        row = beginning.begin(made, factory, answers=said, actor=writer, direct=direct)
        takeover.take_over(row, actor=writer)
        applicants.write(row, writer)
    with walls.enter(admin):
        every = frozenset(code for code, _, _ in COMMITMENTS)
        submitting.submit(row, version=1, commitment=Commitment(admin.person.name, every, "password"), actor=admin)
    return _fresh(row)


def _writer(enterprise: Enterprise) -> Actor:
    return applicants.actor_in(
        Membership.objects.filter(enterprise=enterprise), Role.ENTERPRISE_CLERK, Role.ENTERPRISE_ADMIN
    )


def _fresh(row: Application) -> Application:
    with walls.system("载入演示数据：申报"):
        return Application.objects.select_related("round__unit", "round__edition", "factory", "enterprise").get(
            pk=row.pk
        )


# -- cities --------------------------------------------------------------------------------------------------------
def _sent_up(city: str, rows: Sequence[Application]) -> None:
    reviewer, head = somebody(f"chushen.{city}"), somebody(f"fuze.{city}")
    with walls.enter(reviewer):
        for row in rows:
            opinion = "材料完整，条件符合，同意推荐。"
            first_reviews.decide(row, passes=True, checklist=_EVERY, opinion=opinion, edition=0, actor=reviewer)
        day = clock.beijing(clock.now()).date()
        copies.record([Arrived(_fresh(row), 1, 2) for row in rows], arrived_on=day, actor=reviewer)
    with walls.enter(head):
        listed = CityList.objects.select_related("round__unit", "city__region").get(
            round=rows[0].round, city=head.stands("city")
        )
        said = Issuing("", day, head.person.name, "027-80000000", clock.now() + timedelta(hours=12))
        issue = city_lists.circulate(listed, said, version=listed.version, actor=head)
        for asked in SignOff.objects.filter(issue=issue):
            sign_offs.record_on_paper(asked, signed_by="分管负责人", signed_on=day, actor=head)
    with walls.system("载入演示数据：推荐名单文书"):
        for paper in papers_of(CityList.objects.get(pk=listed.pk)):
            papers.make(paper.pk)
        keys = ["city", *(f"city-{office.department}" for office in notices.offices(listed) if not office.is_lead)]
    with walls.enter(head):
        city_lists.send(listed, issue=issue.version, ink=keys, actor=head)


# -- the province --------------------------------------------------------------------------------------------------
def _accepted(made: Round) -> None:
    officer = somebody("jingban")
    with walls.enter(officer):
        for listed in CityList.objects.filter(round=made):
            city_lists.accept(listed, actor=officer)
        candidates.accept_all(made, actor=officer)
        for row in Candidate.objects.filter(round=made, state="arrived").select_related("round", "application"):
            candidates.accept(row, reason=_TIES, actor=officer)
        direct = Application.objects.get(round=made, track="direct")
        first_reviews.decide(
            direct, passes=True, checklist=_EVERY, opinion="已通过验收，符合直接申报条件。", edition=0, actor=officer
        )


def _panel(made: Round, name: str, divisions: tuple[str, ...], accounts: tuple[str, ...]) -> Panel:
    officer, people = somebody("jingban"), [somebody(account) for account in accounts]
    with walls.enter(officer):
        row = panels.draw(made, Drawing(name, divisions, per=len(accounts)), actor=officer)
        members = [pool.member(who) for who in people]
        panels.invite(row, members, actor=officer)
    for who in people:
        with walls.enter(who):
            panels.answer(Seat.objects.get(panel=row, user=who.person), comes=True, actor=who)
    with walls.enter(officer):
        panels.name_chair(row, members[0], actor=officer)
        assignments.carry_out(row, seed=made.ref, digest=plan(row, made.ref).digest, actor=officer)
        return panels.start(Panel.objects.select_related("round").get(pk=row.pk), actor=officer)


def _judged(whole: Panel, half: Panel) -> None:
    """The first panel has signed everything and is opened; of the second one expert has not begun."""
    for panel, missing in ((whole, ""), (half, "zhuanjia1")):
        with walls.system("载入演示数据：评分"):
            rows = list(ScoreSheet.objects.filter(panel=panel).select_related("user").order_by("number", "pk"))
        for place, row in enumerate(rows):
            account = row.user.email.partition("@")[0]
            if account != missing:
                _signed(row, somebody(account), Decimal(_MARKS[place % len(_MARKS)]))
    chair = somebody(GROUPS[0][2][0])
    with walls.enter(chair):
        panels.open_up(Panel.objects.select_related("round", "chair").get(pk=whole.pk), actor=chair)


def _signed(sheet: ScoreSheet, who: Actor, share: Decimal) -> None:
    with walls.enter(who):
        row = ScoreSheet.objects.select_related("panel__round").get(pk=sheet.pk)
        sheets.declare(row, actor=who)
        scores = {
            c.code: {"score": str((c.weight * share).quantize(Decimal("0.1"))), "comment": ""}
            for c in row.panel.round.value.criteria
        }
        opinion = "建设方案完整，装备联网和数据贯通程度较高，成效有据可查，具有示范意义。"
        kept = sheets.save(row, {"scores": scores, "opinion": opinion}, edition=0, actor=who)
        sheets.sign(row, edition=kept.edition, proved_by="second_factor", actor=who)


def _chosen(made: Round) -> None:
    """The quota is split, the direct one is listed, and there is a draft of what will be made public."""
    officer = somebody("jingban")
    with walls.enter(officer):
        choosing.share(made, {GROUPS[0][0]: 2, GROUPS[1][0]: 1}, actor=officer)
        rows = {row.track: row for row in Candidate.objects.filter(round=made, track="direct").select_related("round")}
        choosing.recommend(rows["direct"], actor=officer)
        publicity.draw(made, with_outside=True, actor=officer)
