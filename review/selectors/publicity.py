"""公示 as everybody reads it and as its unit works on it: what is shown from which instant on, and what is lacking."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, TextChoices
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from applications.selectors.papers import recommender
from portal import clock, walls
from portal.actors import Actor, Place
from portal.errors import Hidden
from portal.models import Paper
from portal.papers import Source, Standing
from portal.rules import may
from portal.selectors.papers import made_from
from review.models import Candidate, Objection, Publicity, UnitList
from review.papers import Contact, Listed, PublicNotice, Signatory
from review.states import UNSETTLED, PublicityState, UnitListState
from tiers.models import Recommendation, Round
from tiers.rounds import said
from tiers.states import RoundState
from tiers.terms import TIERS, Decider

HOME = 2
# While a round is in one of these, its list may be made public.
OPEN = frozenset({RoundState.EXPERT_REVIEW, RoundState.PUBLICITY})


def is_open(round_: Round) -> bool:
    """Whether the round's list may be made public: before it is reported, and again while it is supplemented."""
    if round_.state != RoundState.REPORTING:
        return round_.state in OPEN
    given_back = UnitList.objects.filter(round=round_, supplement_until__isnull=False)
    return given_back.exclude(state=UnitListState.SENT).exists()


class Run(TextChoices):
    """How far a publicity is at an instant."""

    DRAFT = "draft", "草拟"
    AHEAD = "ahead", "待公示"
    RUNNING = "running", "公示中"
    OVER = "over", "已期满"
    WITHDRAWN = "withdrawn", "已撤回"


def run_of(row: Publicity, at: datetime) -> Run:
    """How far it is; its last instant still counts."""
    if row.state == PublicityState.WITHDRAWN:
        return Run.WITHDRAWN
    if row.state == PublicityState.DRAFT or row.begins_at is None or row.until is None:
        return Run.DRAFT
    if at < row.begins_at:
        return Run.AHEAD
    return Run.RUNNING if at <= row.until else Run.OVER


# -- what is shown -----------------------------------------------------------------------------------------------------
def _rows() -> QuerySet[Publicity]:
    return Publicity.objects.select_related("round__unit", "unit").defer("round__terms", "document")


def shown(at: datetime) -> QuerySet[Publicity]:
    """What everybody may read at an instant: never before it begins; one that was withdrawn before it began, never."""
    begun = Q(state=PublicityState.PUBLISHED) | Q(state=PublicityState.WITHDRAWN, withdrawn_at__gte=F("begins_at"))
    return _rows().filter(begun, begins_at__lte=at)


def own(actor: Actor) -> QuerySet[Publicity]:
    """Every publicity of the actor's own unit, for its lead office: drafts, and those that are still to begin."""
    if not may(actor, "objection.list"):
        return Publicity.objects.none()
    return _rows().filter(unit_id=actor.stands("unit"))


def draft_of(round_: Round) -> Publicity | None:
    """What is being drawn up in a round; there is one at most."""
    return Publicity.objects.filter(round=round_, state=PublicityState.DRAFT).first()


def publicity_for(actor: Actor, ref: str) -> Publicity:
    """The gate to a publicity; absent, drafted and not yet begun look alike. Raises Hidden."""
    row = shown(clock.now()).filter(ref=ref).first() or own(actor).filter(ref=ref).first()
    if row is None:
        raise Hidden("publicity", ref)
    return row


def own_publicity_for(actor: Actor, ref: str) -> Publicity:
    """The gate to what one's own unit makes public. Raises Hidden."""
    row = own(actor).filter(ref=ref).first()
    if row is None:
        raise Hidden("publicity", ref)
    return row


def running_publicity_for(ref: str) -> Publicity:
    """The gate to one against which objections can be lodged now. Raises Hidden."""
    row = shown(clock.now()).filter(ref=ref, state=PublicityState.PUBLISHED, until__gte=clock.now()).first()
    if row is None:
        raise Hidden("publicity", ref)
    return row


# -- what stands on it ------------------------------------------------------------------------------------------------
def drawn(round_: Round, *, with_outside: bool) -> list[dict[str, Any]]:
    """Whom a further publicity would name: those recommended that none has named yet, in the list's order."""
    named = _named(Publicity.objects.filter(round=round_, state=PublicityState.PUBLISHED))
    places = Recommendation.objects.filter(round=round_).select_related("factory__region", "enterprise", "city__region")
    rows = [row for row in places if row.factory.ref not in named and (with_outside or not row.outside_quota)]
    rows.sort(key=lambda row: (row.outside_quota, row.position is None, row.position or 0, row.at, row.pk))
    found = Candidate.objects.filter(round=round_).select_related("application")
    candidates = {row.application.factory_id: row for row in found}
    return [_line(row, candidates.get(row.factory_id)) for row in rows]


def _line(row: Recommendation, candidate: Candidate | None) -> dict[str, Any]:
    return {
        "factory": row.factory.ref,
        "application": candidate.application.ref if candidate else "",
        "name": candidate.name if candidate else row.enterprise.name,
        "project": candidate.project if candidate else row.factory.name,
        "place": row.city.region.name if row.city else row.factory.region.name,
        "outside_quota": row.outside_quota,
    }


def _named(rows: Collection[Publicity] | QuerySet[Publicity]) -> set[str]:
    return {line["factory"] for row in rows for line in row.rows}


def usual_title(round_: Round, number: int) -> str:
    """What it is called until an officer says otherwise."""
    what = "拟推荐" if round_.value.decider is Decider.MINISTRY else "拟认定"
    again = f"（第{number}次）" if number > 1 else ""
    batch = f"（第{round_.batch}批）" if round_.batch > 1 else ""
    return f"{round_.year}年度{TIERS[round_.tier][1]}智能工厂{what}名单公示{batch}{again}"


def usual_basis(round_: Round) -> str:
    """On which documents it stands, until an officer says otherwise."""
    sources = "、".join(s if "〔" in s else f"《{s}》" for s in round_.value.sources)
    return f"根据{sources}要求，经企业自愿申报、{'市州初审推荐、' if round_.city_until else ''}专家评审"


def lacking_to_publish(row: Publicity, round_: Round) -> list[str]:
    """What keeps a draft from being published."""
    found = []
    if not is_open(round_):
        found.append(f"本批次{round_.get_state_display()}，不能发布公示。")
    if not row.rows:
        found.append("名单为空：请先确定推荐项目，再重新生成名单。")
    with_outside = any(line["outside_quota"] for line in row.rows)
    if row.rows and row.rows != drawn(round_, with_outside=with_outside):
        found.append("推荐名单已有变动，请重新生成名单后再发布。")
    if row.workdays < round_.publicity_days:
        found.append(f"公示不能少于{round_.publicity_days}个工作日。")
    if not row.phone.strip() or not row.contact.strip():
        found.append("请填写受理异议的联系人和电话。")
    return found


# -- what keeps a round from its next step --------------------------------------------------------------------------
def lacking(round_: Round, at: datetime) -> list[str]:
    """What of publicity and objections keeps a round from being reported or ended; a sentence each."""
    found, rows = [], list(Publicity.objects.filter(round=round_, state=PublicityState.PUBLISHED))
    for row in rows:
        if row.until is not None and at <= row.until:
            found.append(f"公示（{row.ref}）尚未期满（{said(row.until)}）。")
    if round_.publicity_days:
        named = _named(rows)
        places = Recommendation.objects.filter(round=round_, outside_quota=False).select_related("factory")
        missed = [row.factory.name for row in places if row.factory.ref not in named]
        if missed:
            found.append(f"以下推荐项目尚未公示：{'、'.join(missed)}。请补充公示，期满后再办理。")
    open_ = Objection.objects.filter(publicity__round=round_, state__in=UNSETTLED).count()
    if open_:
        found.append(f"有{open_}件公示异议尚未办结。")
    return found


# -- the paper ---------------------------------------------------------------------------------------------------------
def frozen(row: Publicity, begins_at: datetime, until: datetime) -> dict[str, Any]:
    """Everything the paper says, as one document."""
    round_ = row.round
    return {
        "ref": row.ref,
        "round": round_.ref,
        "number": row.number,
        "title": row.title,
        "basis": row.basis,
        "begins_at": begins_at.isoformat(),
        "until": until.isoformat(),
        "workdays": row.workdays,
        "contact": {"name": row.contact, "phone": row.phone, "address": row.address, "email": row.email},
        "signatories": [{"key": "unit", "name": recommender(round_.unit)}],
        "on": clock.beijing(begins_at).date().isoformat(),
        "rows": row.rows,
    }


def notice_source(actor: Actor, key: str) -> Source:
    """What the paper is made from: what was published. Raises Hidden."""
    rows = Publicity.objects.exclude(state=PublicityState.DRAFT).filter(ref=key)
    row = rows.first() if actor.system else rows.filter(unit_id=actor.stands("unit")).first()
    if row is None or row.document is None:
        raise Hidden("publicity", key[:40])
    lead = row.document["signatories"][0]["name"]
    return Source(row, row.ref, row.number, row.digest, issuer=lead, unit_id=row.unit_id)


def notice_file(actor: Actor, row: Publicity) -> Paper | None:
    """The paper of what the actor reads on its page, once it is made; what was withdrawn its own unit alone takes.

    Papers are their office's alone: this one is found for everybody, through the publicity that they may read.
    """
    if row.state == PublicityState.WITHDRAWN and not may(actor, "publicity.edit", row):
        return None
    with walls.stand(Place(office="system")):
        return made_from("public_notice", row.ref, row.digest)


def notice_of(row: Publicity) -> PublicNotice:
    """What stands on the paper."""
    document: dict[str, Any] = row.document or {}
    begins, ends = (_day(document[name]) for name in ("begins_at", "until"))
    return PublicNotice(
        title=document["title"],
        basis=document["basis"],
        rows=tuple(Listed(line["name"], line["project"], line["place"]) for line in document["rows"]),
        begins_on=begins,
        ends_on=ends,
        workdays=document["workdays"],
        contact=Contact(**document["contact"]),
        signatories=tuple(Signatory(one["key"], one["name"]) for one in document["signatories"]),
        on=date.fromisoformat(document["on"]),
    )


def _day(text: str) -> date:
    at = parse_datetime(text)
    if at is None:
        raise ValueError(text)
    return clock.beijing(at).date()


def notice_standing(key: str, _version: int) -> Standing:
    """What a paper of this publicity is worth now."""
    row = Publicity.objects.get(ref=key)
    return Standing.WITHDRAWN if row.state == PublicityState.WITHDRAWN else Standing.VALID


def notice_page(key: str) -> str:
    """The page of the publicity that a paper's key names."""
    return reverse("publicity_page", args=[key])
