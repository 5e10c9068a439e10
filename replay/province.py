"""The province's part: lists received, experts and their sheets, twenty chosen and signed, sent to the ministry."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from portal import clock, walls
from portal.actors import Actor
from portal.models import Paper, Unit
from portal.roles import Role
from replay import waiting
from replay.dossiers import Dossier
from replay.people import Desks, seat
from replay.seals import stamped
from review.choosing import Line
from review.models import Candidate, CityList, Dispatch, Expert, Panel, ScoreSheet, Seat, SignOff, UnitIssue, UnitList
from review.selectors.assignments import plan
from review.selectors.standings import judged
from review.selectors.unit_lists import papers_of
from review.services import (
    assignments,
    candidates,
    choosing,
    city_lists,
    experts,
    panels,
    sheets,
    sign_offs,
    unit_lists,
)  # fmt: skip
from review.services.city_lists import Issuing
from review.services.panels import Drawing
from tiers.models import Round

PER = 5  # experts who judge each candidate: enough for the highest and the lowest to be dropped
_REASON = "已逐项核对申报书与系统提示，情况属实。"
_PHONE = "027-87230000"


@dataclass(frozen=True)
class Group:
    """A panel as the officer draws it: its name, the divisions it judges, its experts by account, the chair first."""

    name: str
    divisions: tuple[str, ...]
    experts: tuple[str, ...]


GROUPS = (
    Group("装备制造组", ("C33", "C34", "C35", "C36", "C37", "C38"), ("zj01", "zj02", "zj03", "zj04", "zj05")),
    Group("电子医药组", ("C27", "C39", "C40"), ("zj06", "zj07", "zj08", "zj03", "zj12")),
    Group("材料化工组", ("C22", "C26", "C28", "C29", "C30", "C31", "C32"), ("zj09", "zj10", "zj11", "zj07", "zj02")),
    Group("消费品组", ("C13", "C14", "C15", "C17", "C18"), ("zj12", "zj11", "zj08", "zj10", "zj04")),
)  # fmt: skip
# Account, employer, title, what they know of.
POOL = (
    ("zj01", "江夏智能装备研究院（示例）", "正高级工程师", ("equipment", "twin")),
    ("zj02", "楚望理工大学（示例）", "教授", ("equipment", "quality")),
    ("zj03", "东湖工业软件研究中心（示例）", "研究员", ("software", "twin")),
    ("zj04", "汉水标准化研究院（示例）", "高级工程师", ("maturity", "quality")),
    ("zj05", "荆山汽车工程研究所（示例）", "正高级工程师", ("equipment", "energy")),
    ("zj06", "南湖光电工程研究院（示例）", "研究员", ("equipment", "software")),
    ("zj07", "楚望理工大学（示例）", "副教授", ("software", "maturity")),
    ("zj08", "云梦药业工程中心（示例）", "高级工程师", ("quality", "software")),
    ("zj09", "沮漳材料科学研究所（示例）", "研究员", ("energy", "equipment")),
    ("zj10", "清江化工设计院（示例）", "正高级工程师", ("energy", "quality")),
    ("zj11", "大别山绿色制造研究院（示例）", "高级工程师", ("energy", "maturity")),
    ("zj12", "洪山轻工科学研究所（示例）", "正高级工程师", ("quality", "maturity")),
)


# -- taking in -------------------------------------------------------------------------------------------------------
def received(round_: Round, desks: Desks) -> list[Candidate]:
    """Every list is received, and everything on it taken in to be judged."""
    officer = desks.officer
    with walls.enter(officer):
        for row in CityList.objects.filter(round=round_, state="sent").order_by("city__region_id"):
            city_lists.accept(row, actor=officer)
        candidates.accept_all(round_, actor=officer)
        rest = Candidate.objects.filter(round=round_, state="arrived").select_related("round", "application")
        for candidate in rest.order_by("number"):
            candidates.accept(candidate, reason=_REASON, actor=officer)
        return list(Candidate.objects.filter(round=round_, state="accepted").order_by("number"))


def pool(unit: Unit, desks: Desks) -> dict[str, Actor]:
    """Twelve experts in the province's pool."""
    found = {}
    for account, employer, title, specialities in POOL:
        who = seat(Role.EXPERT, unit=unit, key=account)
        knows = sorted({code for group in GROUPS if account in group.experts for code in group.divisions})
        said = {
            "employer": employer, "title": title, "industries": knows, "specialities": list(specialities),
            "former": [], "interests": [], "phone": f"027-870000{account[2:]}",
        }  # fmt: skip
        with walls.enter(desks.officer):
            experts.add(who.person, said, actor=desks.officer)
        found[account] = who
    return found


# -- judging ---------------------------------------------------------------------------------------------------------
def drawn(round_: Round, group: Group, people: Mapping[str, Actor], desks: Desks) -> Panel | None:
    """A panel for its divisions, manned, and given its sheets; None when no candidate is of them."""
    officer, members = desks.officer, [people[account] for account in group.experts]
    with walls.enter(officer):
        there = set(Candidate.objects.filter(round=round_, state="accepted").values_list("industry", flat=True))
        divisions = tuple(code for code in group.divisions if code in there)
        if not divisions:
            return None
        row = panels.draw(round_, Drawing(group.name, divisions, per=PER), actor=officer)
        profiles = [Expert.objects.select_related("user").get(user=who.person) for who in members]
        panels.invite(row, profiles, actor=officer)
    for who in members:
        with walls.enter(who):
            panels.answer(Seat.objects.get(panel=row, user=who.person), comes=True, actor=who)
    with walls.enter(officer):
        panels.name_chair(row, profiles[0], actor=officer)
        assignments.carry_out(row, seed=round_.ref, digest=plan(row, round_.ref).digest, actor=officer)
        return panels.start(Panel.objects.select_related("round").get(pk=row.pk), actor=officer)


def scored(panel: Panel, dossiers: Mapping[str, Dossier], people: Mapping[str, Actor]) -> list[list[str]]:
    """Every expert declares, scores and signs; what came of it."""
    actors = {actor.person.pk: actor for actor in people.values()}
    with walls.system("演练：评分表"):
        rows = list(ScoreSheet.objects.filter(panel=panel).order_by("number", "user__email").values_list("pk", "user"))
    said = []
    for key, user in rows:
        who = actors[user]
        with walls.enter(who):
            row = ScoreSheet.objects.select_related("panel__round").get(pk=key)
            sheets.declare(row, actor=who)
            kept = sheets.save(row, _sheet(row, dossiers[row.applicant], who), edition=0, actor=who)
            sheets.sign(row, edition=kept.edition, proved_by="second_factor", actor=who)
            row.refresh_from_db()
        said.append([row.number, row.applicant, who.person.name, str(row.total)])
    return said


def _sheet(row: ScoreSheet, of: Dossier, who: Actor) -> dict[str, object]:
    """What an expert gives: the dossier's own figures, read more or less strictly."""
    shares = _shares(of)
    scores = {}
    for criterion in row.panel.round.value.criteria:
        share = shares[criterion.code] + _leaning(who.person.name, of.name, criterion.code)
        value = (criterion.weight * min(max(share, Decimal("0.5")), Decimal("0.98"))).quantize(Decimal("0.1"))
        comment = f"按申报书所列数据核对，相当于该项的{value / criterion.weight:.0%}。"
        scores[criterion.code] = {"score": str(value), "comment": comment}
    best = max(shares, key=lambda code: shares[code])
    names = {criterion.code: criterion.name for criterion in row.panel.round.value.criteria}
    opinion = f"{of.said('factory', 'project')}：材料完整，数据口径清楚；{names[best]}较为突出，同意按所评分值排序。"
    return {"scores": scores, "opinion": opinion}


def _shares(of: Dossier) -> dict[str, Decimal]:
    """How much of each criterion's weight the dossier's figures are worth, from 0.6 to 0.95."""

    def share(value: Decimal, least: int, most: int) -> Decimal:
        part = (min(max(value, Decimal(least)), Decimal(most)) - least) / (most - least)
        return Decimal("0.6") + part * Decimal("0.35")

    number = {key: Decimal(of.said("effects", key)) for key in of.answers["effects"] if _is_number(of, key)}
    gain = 100 * (number["productivity.after"] / number["productivity.before"] - 1)
    return {
        "maturity": share(Decimal(of.said("factory", "maturity.score")) * 100, 280, 400),
        "infrastructure": share(100 * number["numerical_control.part"] / number["numerical_control.whole"], 60, 100),
        "technology": share(100 * number["ai_scenarios.part"] / number["ai_scenarios.whole"], 0, 70),
        "example": share(number["replication.value"], 0, 15),
        "benefit": share(gain, 10, 40),
        "plan": share(Decimal(len(of.said("effects", "plan"))), 80, 500),
    }


def _is_number(of: Dossier, key: str) -> bool:
    return of.said("effects", key).replace(".", "", 1).isdecimal()


def _leaning(*key: str) -> Decimal:
    """Between −0.04 and 0.04, the same for the same expert, dossier and criterion."""
    digest = hashlib.sha256("|".join(key).encode()).digest()
    return Decimal(digest[0] - 128) / Decimal(3200)


# -- choosing --------------------------------------------------------------------------------------------------------
def chosen(round_: Round, desks: Desks) -> list[list[str]]:
    """The quota split over the groups, and in each the first by score; the list in the order of the scores."""
    officer = desks.officer
    with walls.enter(officer):
        found = judged(round_)
        places = shares({name: len(lines) for name, lines in found.groups.items()}, round_.quota or 0)
        choosing.share(round_, places, actor=officer)
        picked: list[Line] = []
        for name, lines in found.groups.items():
            picked += sorted(lines, key=lambda line: line.rank)[: places[name]]
        rows = Candidate.objects.select_related("round", "application").in_bulk([int(str(line.key)) for line in picked])
        ordered = sorted(picked, key=lambda line: (-(line.score or 0), rows[int(str(line.key))].number))
        choosing.recommend_many(round_, [rows[int(str(line.key))] for line in picked], actor=officer)
        version = UnitList.objects.get(round=round_).version
        refs = [rows[int(str(line.key))].application.ref for line in ordered]
        choosing.order(round_, refs, version=version, actor=officer)
        return [[found.facts[int(str(line.key))].number, line.name, line.group, str(line.score)] for line in ordered]


def shares(counts: Mapping[str, int], quota: int) -> dict[str, int]:
    """The quota over the groups by how many candidates each has; the largest remainders take what is left."""
    total = sum(counts.values())
    most = min(quota, total)
    exact = {name: Decimal(most * count) / total for name, count in counts.items()}
    found = {name: int(share) for name, share in exact.items()}
    order = sorted(exact, key=lambda name: (found[name] - exact[name], name))
    for name in order[: most - sum(found.values())]:
        found[name] += 1
    return found


# -- sending up ------------------------------------------------------------------------------------------------------
def circulated(round_: Round, desks: Desks, number: str) -> UnitIssue:
    """The list is frozen, and every joint department asked to sign."""
    head = desks.head
    with walls.enter(head):
        version = UnitList.objects.get(round=round_).version
        due = clock.now() + timedelta(hours=4)
        said = Issuing(number, clock.beijing(clock.now()).date(), desks.officer.name, _PHONE, due)
        return unit_lists.circulate(round_, said, version=version, actor=head)


def agreed(issue: UnitIssue, desks: Desks) -> int:
    """Every joint department of the province agrees; how many."""
    with walls.system("演练：省级会签"):
        asked: Sequence[SignOff] = list(SignOff.objects.filter(unit_issue=issue).select_related("office"))
    for sign_off in asked:
        actor = desks.joint[sign_off.office_id]
        with walls.enter(actor):
            sign_offs.answer(SignOff.objects.get(pk=sign_off.pk), "agree", actor=actor)
    return len(asked)


def papers(round_: Round, desks: Desks) -> list[Paper]:
    """Table, letter and minutes, made by the press; the lead office's seal is on table and letter."""
    with walls.system("演练：上报文书"):
        asked = papers_of(UnitList.objects.get(round=round_))
    made = waiting.papers(asked)
    for paper in made:
        if paper.kind != "minutes":
            stamped(paper, "unit", desks.head)
    return made


def sent(round_: Round, desks: Desks, issue: UnitIssue) -> Dispatch:
    """The list goes to the ministry; the joint departments' seals are on the paper copy."""
    with walls.enter(desks.head):
        ink = [f"unit-{department}" for department in desks.departments]
        unit_lists.send(round_, issue=issue.version, ink=ink, actor=desks.head)
        return Dispatch.objects.select_related("round").get(issue=issue)
