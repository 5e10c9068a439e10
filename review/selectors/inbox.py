"""The inbox of a reviewing office: every application of its place in a round, also those still being written.

Of what isn't handed in yet it shows who it is, how far, and whom to call; never any content.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When

from applications.models import Application
from applications.states import ApplicationState, Track
from portal import clock
from portal.actors import Actor
from portal.errors import Hidden
from portal.roles import Level
from portal.rules import may
from review.models import BulkStep, Finding, SavedView, SignOff
from review.states import FirstReviewState, SignOffState
from tiers.models import Round
from tiers.selectors.rounds import city_until, rounds

PER_PAGE = 200
_S, _F = ApplicationState, FirstReviewState
# How an application stands for the office, in the order in which the work is done.
STATES = {
    "draft": "填报中",
    "open": "待初审",
    "reconsidering": "复核中",
    "returned": "退回修改",
    "passed": "通过初审",
    "rejected": "不予推荐",
}
MORE = {"mine": "由我承办", "nobody": "未分配", "late": "临近截止", "waiting": "会签未复", "adverse": "有不利事实"}
_NEAR = timedelta(hours=24)
_NOT_OPEN = (_F.PASSED, _F.REJECTED, _F.RECONSIDERING)


class Line(NamedTuple):
    """A row, as plain columns."""

    ref: str
    number: str
    enterprise: str
    factory: str
    industry: str
    standing: str
    progress: dict[str, Any]
    saved_at: datetime | None
    contact: str
    phone: str
    reviewer: str | None
    position: int | None
    version: int

    @property
    def label(self) -> str:
        """How it stands, in words."""
        return STATES[self.standing]

    @property
    def percent(self) -> int:
        """How much of what counts is filled in, 0–100."""
        answered, asked = (sum(part[place] for part in self.progress.values()) for place in (0, 1))
        return answered * 100 // asked if asked else 0


@dataclass(frozen=True)
class Inbox:
    """A page of it, with how many stand how."""

    page: Page[Any]
    lines: list[Line]
    counts: list[tuple[str, str, int]]
    total: int
    industries: list[tuple[str, str]]


def in_reach(actor: Actor, round_: Round) -> QuerySet[Application]:
    """The applications of a round that the actor's own office reviews first, whatever their state."""
    if not may(actor, "first_review.list") or actor.role is None:
        return Application.objects.none()
    rows = Application.objects.filter(round=round_)
    if actor.role.level is Level.CITY:
        if round_.city_until is None:
            return rows.none()
        return rows.filter(city=actor.stands("city"), track=Track.REGULAR)
    own = rows.filter(unit=actor.stands("unit"))
    return own if round_.city_until is None else own.filter(Q(track=Track.DIRECT) | Q(city=None))


def _standing() -> Case:
    """How each stands: a decision about an older version counts for nothing."""
    is_current = Q(first_review__version=F("version"))
    return Case(
        When(state=_S.DRAFT, then=Value("draft")),
        When(state=_S.RETURNED, then=Value("returned")),
        *(When(is_current & Q(first_review__state=state), then=Value(str(state))) for state in _NOT_OPEN),
        default=Value("open"),
        output_field=TextField(),
    )


def inbox(actor: Actor, round_: Round, said: dict[str, str], page: str | int = 1) -> Inbox:
    """A page of the inbox as filtered: the same few queries however many there are."""
    rows: QuerySet[Any] = in_reach(actor, round_).annotate(standing=_standing())
    counted = Counter(rows.order_by().values_list("standing", flat=True))
    found = _filtered(actor, round_, rows, said)
    shown = Paginator(
        found.order_by(_work_first(), "number", "enterprise__name", "pk").values_list(
            "ref", "number", "enterprise__name", "factory__name", "factory__industry__name", "standing", "progress",
            "saved_at", "enterprise__contact_name", "enterprise__contact_phone", "first_review__reviewer__name",
            "entry__position", "version",
        ),
        PER_PAGE,
    ).get_page(page)  # fmt: skip
    named = rows.order_by("factory__industry").values_list("factory__industry", "factory__industry__name")
    return Inbox(
        page=shown,
        lines=[Line(*row) for row in shown],
        counts=[(code, label, counted[code]) for code, label in STATES.items()],
        total=sum(counted.values()),
        industries=list(named.distinct()),
    )


def _work_first() -> Case:
    places = {"reconsidering": 0, "open": 1, "returned": 2, "draft": 3, "passed": 4, "rejected": 5}
    return Case(*(When(standing=code, then=Value(place)) for code, place in places.items()), default=Value(9))


def _filtered(actor: Actor, round_: Round, rows: QuerySet[Any], said: dict[str, str]) -> QuerySet[Any]:
    if (state := said.get("state", "")) in STATES:
        rows = rows.filter(standing=state)
    if industry := said.get("industry", ""):
        rows = rows.filter(factory__industry=industry[:8])
    if words := said.get("q", "").strip()[:60]:
        rows = rows.filter(
            Q(enterprise__name__icontains=words) | Q(factory__name__icontains=words) | Q(number__icontains=words)
        )
    return _only(actor, round_, rows, said.get("only", ""))


def _only(actor: Actor, round_: Round, rows: QuerySet[Any], what: str) -> QuerySet[Any]:
    match what:
        case "mine":
            rows = rows.filter(first_review__reviewer=actor.person)
        case "nobody":
            rows = rows.filter(standing__in=["open", "reconsidering"], first_review__reviewer=None)
        case "late":
            rows = rows.filter(_late(round_, actor))
        case "waiting":
            silent = SignOff.objects.filter(application=OuterRef("pk"), state=SignOffState.ASKED)
            rows = rows.filter(Exists(silent))
        case "adverse":
            facts = Finding.objects.filter(application=OuterRef("pk"), struck_at=None, is_adverse=True)
            rows = rows.filter(Exists(facts))
    return rows


def _late(round_: Round, actor: Actor) -> Q:
    """What somebody should see to now: within a day of its deadline, or past it."""
    near = clock.now() + _NEAR
    late = Q(standing="returned", correct_until__lte=near)
    if round_.enterprise_until <= near:
        late |= Q(standing="draft")
    until = city_until(round_, actor.stands("city")) if actor.stands("city") else round_.unit_until
    if until is not None and until <= near:
        late |= Q(standing__in=["open", "reconsidering"])
    return late


# -- around it -------------------------------------------------------------------------------------------------------
def reviewed_rounds(actor: Actor) -> list[Round]:
    """The rounds that have something for the actor's office, the current ones first."""
    if not may(actor, "first_review.list"):
        return []
    rows = rounds(actor).exclude(state__in=("draft", "published"))
    if actor.role is not None and actor.role.level is Level.CITY:
        rows = rows.filter(city_until__isnull=False)
    return list(rows.order_by(Case(When(state="finished", then=Value(1)), default=Value(0)), "-opens_at"))


def saved_views(actor: Actor) -> list[SavedView]:
    """The person's own, at this office."""
    rows = SavedView.objects.filter(user=actor.person, unit=actor.stands("unit"), city=actor.stands("city"))
    return list(rows.order_by("name"))


def recent_steps(actor: Actor, round_: Round) -> list[BulkStep]:
    """What was done in bulk lately, newest first."""
    rows = BulkStep.objects.filter(round=round_, city=actor.stands("city"), unit=actor.stands("unit"))
    return list(rows.select_related("by")[:5])


def step_for(actor: Actor, round_: Round, pk: int) -> BulkStep:
    """The gate to a step of the actor's own office. Raises Hidden."""
    row = BulkStep.objects.filter(pk=pk, round=round_, city=actor.stands("city"), unit=actor.stands("unit")).first()
    if row is None or not may(actor, "first_review.list"):
        raise Hidden("bulk step", str(pk))
    return row
