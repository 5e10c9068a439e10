"""A unit's list: what it lacks, what is frozen of it, and the papers made from that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from applications.exports import CELLS
from applications.models import Submission
from applications.states import ApplicationState
from portal import clock
from portal.actors import Actor
from portal.errors import Hidden
from portal.models import Department, Office, Paper
from portal.papers import Source, Standing
from portal.rules import may
from portal.selectors.seals import places_on
from portal.states import PaperState
from review import choosing
from review.models import Candidate, Choice, ChoiceKind, Panel, QuotaShare, ScoreSheet, SignOff, UnitIssue, UnitList
from review.papers import Judge, Judged, Letter, Minutes, Recommendation, SummaryTable, unit_letter
from review.selectors import standings
from review.selectors.city_lists import contact_of, notice_of, signatories_of, text_of
from review.selectors.copies import lacking as lacking_copies
from review.states import SeatState, SheetState, SignOffState, UnitListState
from tiers import models as tiers
from tiers.models import Round
from tiers.names import TIER_NAMES

TABLE, LETTER, MINUTES = "unit_table", "unit_letter", "minutes"
NAMES = {TABLE: "推荐汇总表", LETTER: "推荐函", MINUTES: "专家组评审意见"}


def unit_list_of(round_: Round) -> UnitList | None:
    """The round's list, once there is one."""
    row = UnitList.objects.select_related("sent_by").filter(round=round_).first()
    if row is not None:
        row.round = round_
    return row


def recommended(round_: Round) -> list[tuple[tiers.Recommendation, Candidate]]:
    """Those recommended in order, with the candidates they are; the direct ones last, without a position."""
    held = {row.application.factory_id: row for row in _candidates(round_)}
    rows = tiers.Recommendation.objects.filter(round=round_).order_by("outside_quota", "position", "at")
    return [(row, held[row.factory_id]) for row in rows if row.factory_id in held]


def _candidates(round_: Round) -> QuerySet[Candidate]:
    return Candidate.objects.filter(round=round_).select_related("application", "city__region", "panel")


# -- departures -------------------------------------------------------------------------------------------------------
def reasons(round_: Round) -> dict[int, list[str]]:
    """The reasons given about each candidate, oldest first, by its key."""
    found: dict[int, list[str]] = {}
    rows = Choice.objects.filter(round=round_).exclude(reason="").order_by("at", "pk")
    for key, kind, reason in rows.values_list("candidate_id", "kind", "reason"):
        found.setdefault(key, []).append(f"{ChoiceKind(kind).label}：{reason}")
    return found


def departures(found: standings.Judged, said: dict[int, list[str]]) -> list[tuple[choosing.Departure, list[str]]]:
    """Every departure from the scores' order, with the reasons given for it: about the one, or those passed over.

    A departure without any reason lacks one.
    """
    result = []
    for lines in found.groups.values():
        for departure in choosing.departures(lines):
            own = said.get(_key(departure.line), [])
            passed = [said.get(_key(line), []) for line in departure.before]
            given = own or ([text for held in passed for text in held] if all(passed) else [])
            result.append((departure, given))
    return result


def _key(line: choosing.Line) -> int:
    return int(str(line.key))


# -- what is lacking --------------------------------------------------------------------------------------------------
def lacking_to_circulate(round_: Round) -> list[str]:
    """What keeps the list from being signed: nobody on it, sheets that are lacking, reasons that are."""
    found = standings.judged(round_)
    rows = recommended(round_)
    if not rows:
        return ["名单中还没有推荐的项目。"]
    lacking = [
        f"{row.name}（{row.number}）申报已有变动，请核对后重新受理。"
        for _, row in rows
        if (row.application.state, row.application.version) != (ApplicationState.SUBMITTED, row.version)
    ]
    if Panel.objects.filter(round=round_).exists() and (short := [fact.number for fact in found.short()]):
        lacking.append(f"{len(short)}个已受理的项目评分未齐：{'、'.join(short[:5])}。")
    waiting = [fact.number for fact in found.facts.values() if fact.state == "arrived"]
    if waiting:
        lacking.append(f"{len(waiting)}个项目尚未受理：{'、'.join(waiting[:5])}。")
    for departure, given in departures(found, reasons(round_)):
        if not given:
            numbers = "、".join(found.facts[_key(line)].number for line in departure.before[:5])
            lacking.append(f"{departure.line.name}未按得分顺序推荐（{numbers}得分不低于该项目），请补充理由。")
    return lacking


def lacking_to_send(actor: Actor, row: UnitList, ink: frozenset[str]) -> list[str]:
    """Everything that keeps a list from going up: signatures, paper, seals."""
    issue = row.issues.filter(version=row.issued).first()
    if issue is None:
        return ["名单尚未送会签。"]
    found = lacking_to_circulate(row.round)
    found += [
        f"{s.office.name}的会签意见：{s.get_state_display()}。"
        for s in sign_offs_of(issue)
        if s.state != SignOffState.AGREED
    ]
    listed = {candidate.application_id for _, candidate in recommended(row.round)}
    copies = [c for c in lacking_copies(actor, row.round) if c.application.pk in listed]
    found += [f"{c.application.enterprise.name}（{c.application.number}）：{c.said}" for c in copies]
    made = papers_of(row)
    for paper in made:
        if paper.state != PaperState.MADE:
            found.append(f"{NAMES[paper.kind]}尚未生成，请稍候或重新生成。")
        elif paper.kind != MINUTES:
            bare = [p.name for p in places_on(paper) if p.stamping is None and p.key not in ink]
            if bare:
                found.append(f"{NAMES[paper.kind]}尚未用印：{'、'.join(bare)}。在纸质件上用印的，上报时勾选确认。")
    return found


def lacking_here(actor: Actor, row: UnitList) -> list[str]:
    """What keeps the list from its next step."""
    if row.state == UnitListState.SENT:
        return []
    return (
        lacking_to_send(actor, row, frozenset())
        if row.state == UnitListState.SIGNING
        else lacking_to_circulate(row.round)
    )


def sign_offs_of(issue: UnitIssue) -> list[SignOff]:
    """What each department said of an issue."""
    return list(issue.sign_offs.select_related("office", "answered_by").order_by("office_id"))


# -- what is frozen ---------------------------------------------------------------------------------------------------
def frozen(row: UnitList, issuing: Any, signatories: Sequence[Office], actor: Actor) -> dict[str, Any]:
    """Everything that table, letter and minutes say, as one document."""
    found = standings.judged(row.round)
    entries = [_entry(place, candidate, found) for place, candidate in recommended(row.round)]
    return {
        "ref": row.ref,
        "round": row.round.ref,
        "unit": row.round.unit.name,
        "number": issuing.number.strip(),
        "on": issuing.on.isoformat(),
        "contact": issuing.contact.strip(),
        "phone": issuing.phone.strip(),
        "keeper": actor.name,
        "at": clock.now().isoformat(),
        "quota": row.round.quota,
        "signatories": [{"id": o.pk, "name": o.name, "key": seal_key(o)} for o in signatories],
        "entries": entries,
        "groups": [_group(name, lines, found) for name, lines in found.groups.items()],
    }


def seal_key(office: Office) -> str:
    """The name of the place of its seal (see review.papers)."""
    return "unit" if office.is_lead else f"unit-{office.department}"


def _entry(place: tiers.Recommendation, row: Candidate, found: standings.Judged) -> dict[str, Any]:
    score = found.scores[row.pk].value
    return {
        "position": place.position,
        "ref": row.application.ref,
        "number": row.number,
        "version": row.version,
        "digest": row.digest,
        "project": row.project,
        "name": row.name,
        "code": row.code,
        "industry": row.industry,
        "city": row.city.region.name if row.city else "",
        "factory": place.factory.ref,
        "score": None if score is None else str(score),
        "outside_quota": place.outside_quota,
    }


def _group(name: str, lines: Sequence[choosing.Line], found: standings.Judged) -> dict[str, Any]:
    """A group as its minutes say it: its experts, everybody with score and place, departures with their reasons."""
    said = reasons(found.round)
    given = [
        {
            "name": departure.line.name,
            "rank": departure.line.rank,
            "before": [found.facts[_key(line)].number for line in departure.before],
            "reasons": texts,
        }
        for departure, texts in departures(found, said)
        if departure.line.group == name
    ]
    share = QuotaShare.objects.filter(round=found.round, group=name).values_list("places", flat=True).first()
    panel = Panel.objects.filter(round=found.round, name=name).first()
    return {
        "name": name,
        "places": share,
        "experts": _experts(panel) if panel else [],
        "results": [
            {
                "number": found.facts[_key(line)].number, "name": line.name, "rank": line.rank, "is_tied": line.is_tied,
                "project": found.facts[_key(line)].project, "score": None if line.score is None else str(line.score),
                "is_chosen": line.is_chosen, "bar": line.bar, "reasons": said.get(_key(line), []),
            }
            for line in lines
        ],
        "departures": given,
    }  # fmt: skip


def _experts(panel: Panel) -> list[dict[str, Any]]:
    recused: dict[int, list[str]] = {}
    left = ScoreSheet.objects.filter(panel=panel, state=SheetState.RECUSED).values_list("expert_id", "number")
    for expert, number in left:
        recused.setdefault(expert, []).append(number)
    seats = panel.seats.filter(state=SeatState.CONSENTED).select_related("expert__user").order_by("asked_at", "pk")
    return [
        {
            "name": seat.expert.user.name, "employer": seat.expert.employer, "title": seat.expert.title,
            "is_chair": seat.expert_id == panel.chair_id, "recused": recused.get(seat.expert_id, []),
        }
        for seat in seats
    ]  # fmt: skip


# -- papers -----------------------------------------------------------------------------------------------------------
def paper_keys(issue: UnitIssue) -> list[tuple[str, str]]:
    """(kind, key) of every paper of an issue: table, letter, minutes of each panel that judged."""
    key = f"{issue.unit_list.ref}/{issue.version}"
    judged = [n for n, group in enumerate(issue.document["groups"], start=1) if group["experts"]]
    return [(TABLE, key), (LETTER, key), *((MINUTES, f"{key}/{n}") for n in judged)]


def papers_of(row: UnitList) -> list[Paper]:
    """The papers of the issue that stands, table first."""
    issue = row.issues.filter(version=row.issued).first()
    if issue is None:
        return []
    wanted = paper_keys(issue)
    rows = Paper.objects.filter(kind__in=NAMES, subject__in={key for _, key in wanted}).order_by("pk")
    held = {(paper.kind, paper.subject): paper for paper in rows}
    return [held[pair] for pair in wanted if pair in held]


@dataclass(frozen=True)
class Part:
    """An issue, or one of its groups by its number (from 1); what its papers are made from."""

    issue: UnitIssue
    group: int = 0

    @property
    def unit_id(self) -> int:
        """Whose it is."""
        return self.issue.unit_id


def issue_for(actor: Actor, key: str) -> Part:
    """The issue that a key (ref/version, or ref/version/group) names. Raises Hidden."""
    ref, version, group = (*key.split("/"), "", "")[:3]
    numbers = [part for part in (version, group or "0") if part.isascii() and part.isdecimal() and len(part) < 5]
    if len(numbers) == 2:
        rows = UnitIssue.objects.select_related("unit_list__round__unit", "unit_list__round__edition")
        row = rows.filter(unit_list__ref=ref, version=int(version)).first()
        is_open = row is not None and (actor.system or may(actor, "paper.unit_list", row))
        if row is not None and is_open and int(numbers[1]) <= len(row.document["groups"]):
            return Part(row, int(numbers[1]))
    raise Hidden("unit issue", key[:40])


def issue_source(actor: Actor, key: str) -> Source:
    """What the papers are made from. Raises Hidden."""
    part = issue_for(actor, key)
    issue = part.issue
    issuer = issue.document["signatories"][0]["name"]
    return Source(part, issue.unit_list.ref, issue.version, issue.digest, issuer=issuer, unit_id=issue.unit_id)


def issue_standing(key: str, version: int) -> Standing:
    """What a paper of this issue is worth now."""
    row = UnitList.objects.get(ref=key.partition("/")[0])
    if row.issued != version:
        return Standing.SUPERSEDED
    return Standing.VALID if row.state in {UnitListState.SIGNING, UnitListState.SENT} else Standing.WITHDRAWN


def issue_page(key: str) -> str:
    """The page of the list that a paper's key names."""
    ref = UnitList.objects.filter(ref=key.partition("/")[0]).values_list("round__ref", flat=True).first()
    return reverse("unit_list", args=[ref]) if ref else ""


def table_of(issue: UnitIssue) -> SummaryTable:
    """推荐汇总表 of an issue: rows in its order, each from the frozen version that it names; direct ones take none."""
    said, round_ = issue.document, issue.unit_list.round
    wanted = {(entry["ref"], entry["version"]): entry for entry in said["entries"] if not entry["outside_quota"]}
    rows = Submission.objects.filter(application__ref__in=[ref for ref, _ in wanted]).select_related("application")
    held = {(row.application.ref, row.version): row for row in rows if (row.application.ref, row.version) in wanted}
    columns = round_.value.columns
    cells = [
        {c.code: text_of(entry["score"] if c.code == "score" else CELLS[c.code](held[key])) for c in columns}
        for key, entry in wanted.items()
    ]
    return SummaryTable(
        tier=TIER_NAMES[round_.tier], year=round_.year, issuer=said["signatories"][0]["name"], columns=columns,
        rows=tuple(cells), signatories=signatories_of(said), on=date.fromisoformat(said["on"]),
        contact=contact_of(said),
    )  # fmt: skip


def letter_of(issue: UnitIssue) -> Letter:
    """推荐函 of an issue (399号 二(二)3), to the ministry's lead department."""
    said, round_ = issue.document, issue.unit_list.round
    lead = Office.objects.filter(unit=None, city=None, is_lead=True, department=Department.INDUSTRY).first()
    return unit_letter(
        Recommendation(
            tier=TIER_NAMES[round_.tier], year=round_.year, notice=notice_of(round_), place=said["unit"],
            to=lead.name if lead else "工业和信息化部",
            projects=tuple(e["project"] for e in said["entries"] if not e["outside_quota"]),
            direct=tuple(e["project"] for e in said["entries"] if e["outside_quota"]), signatories=signatories_of(said),
            on=date.fromisoformat(said["on"]), contact=contact_of(said), number=said["number"],
        )
    )  # fmt: skip


def minutes_of(issue: UnitIssue, group: int) -> Minutes:
    """专家组评审意见 of one group of an issue: places, scores, who is recommended, and why out of order."""
    said = issue.document
    found = said["groups"][group - 1]
    return Minutes(
        round=issue.unit_list.round.name,
        panel=found["name"],
        held_at=datetime.fromisoformat(said["at"]),
        place="线上评审",
        judges=tuple(
            Judge(e["name"], e["employer"], e["title"], e["is_chair"], "、".join(e["recused"]))
            for e in found["experts"]
        ),
        results=tuple(
            Judged(line["name"], line["project"], line["score"] or "", _concluded(line)) for line in found["results"]
        ),
        opinions=_opinions(found),
        keeper=said["keeper"],
    )


def _concluded(line: dict[str, Any]) -> str:
    place = f"第{line['rank']}名{'（并列）' if line['is_tied'] else ''}" if line["rank"] else "评分未齐"
    return "，".join(filter(None, (place, line["bar"], "推荐" if line["is_chosen"] else "不推荐")))


def _opinions(group: dict[str, Any]) -> tuple[str, ...]:
    chosen = sum(line["is_chosen"] for line in group["results"])
    first = f"本组共评审{len(group['results'])}个项目，推荐{chosen}个。"
    if not group["departures"]:
        return (first, "推荐项目均按得分顺序产生。")
    return (
        first,
        *(
            f"{one['name']}（第{one['rank']}名）先于{'、'.join(one['before'])}推荐，理由：{'；'.join(one['reasons'])}"
            for one in group["departures"]
        ),
    )
