"""Rounds as each place sees them, whom they concern, and what is left of their time."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.actors import Actor
from portal.compiled import Compiled
from portal.errors import Hidden
from portal.models import City, Department, Enterprise, Industry, Membership, Unit, User
from portal.roles import Level, Role
from portal.rooms import declared
from portal.rules import may
from portal.states import MembershipState
from tiers import programme_file
from tiers.eligibility import RULE_KINDS, value_in_words
from tiers.models import CityExtension, Edition, Extension, Factory, Recommendation, Round, RoundChange
from tiers.rounds import LABELS, Window, closed_reason, countdown, day_hints, order_reasons, publicity_hint
from tiers.states import RoundState
from tiers.terms import Programme, Rule, missing
from tiers.workdays import Calendar

FOLDER = Path(programme_file.__file__).resolve().parent / "programmes"
_ENTERPRISE = [role for role in Role if role.level is Level.ENTERPRISE]
_CITY = [Role.CITY_REVIEWER, Role.CITY_HEAD]
_UNIT = [Role.UNIT_OFFICER, Role.UNIT_HEAD]


# -- programmes -------------------------------------------------------------------------------------------------------
@cache
def programmes() -> tuple[Programme, ...]:
    """Every programme as shipped, latest year first. Raises Malformed."""
    found = [programme_file.read(path) for path in sorted(FOLDER.glob("*.toml"))]
    return tuple(sorted(found, key=lambda programme: (-programme.year, programme.tier != "excellent", programme.code)))


def programmes_for(unit: Unit) -> list[Programme]:
    """Those a unit's rounds are made from: its own, and its kind's where it has none of its own."""
    fitting = [programme for programme in programmes() if programme.is_for(unit.code, unit.kind)]
    own = {(programme.year, programme.tier) for programme in fitting if programme.units}
    return [programme for programme in fitting if programme.units or (programme.year, programme.tier) not in own]


def editions() -> QuerySet[Edition]:
    """The newest revision of each edition, latest first."""
    return Edition.objects.order_by("-code", "-revision").distinct("code")


def has_cities(unit: Unit) -> bool:
    """Whether applications go through cities first."""
    return City.objects.filter(unit=unit).exists()


# -- rounds -----------------------------------------------------------------------------------------------------------
def rounds(actor: Actor) -> QuerySet[Round]:
    """The rounds of the actor's own unit; drafts only for those who make them."""
    rows = Round.objects.select_related("unit", "edition")
    if not may(actor, "round.list"):
        return rows.none()
    rows = rows.filter(unit_id=actor.stands("unit"))
    return rows if may(actor, "round.add") else rows.exclude(state=RoundState.DRAFT)


def round_for(actor: Actor, ref: str) -> Round:
    """The gate to a round; the same set as the list. Raises Hidden."""
    row = rounds(actor).select_related("based_on").filter(ref=ref).first()
    if row is None:
        raise Hidden("round", ref)
    return row


def shown_round_for(ref: str) -> Round:
    """A published round of whichever unit, which everybody may read. Raises Hidden."""
    rows = Round.objects.select_related("unit", "edition").exclude(state=RoundState.DRAFT)
    if row := rows.filter(ref=ref).first():
        return row
    raise Hidden("round", ref)


def changes(round_: Round) -> QuerySet[RoundChange]:
    """What was moved after publication, latest first."""
    return round_.roundchange_set.select_related("by")


def extensions(actor: Actor, round_: Round) -> QuerySet[Extension]:
    """Applicants' own deadlines, of those whom the actor may see."""
    rows = round_.extensions.select_related("enterprise", "granted_by")
    for level in ("enterprise", "city", "unit"):
        if key := actor.stands(level):
            return rows.filter(**{f"{level}_id": key})
    return rows.none()


def extension_of(round_: Round, enterprise: Enterprise | int | None) -> datetime | None:
    """The applicant's own deadline: the latest that was granted, or None."""
    if enterprise is None:
        return None
    rows = Extension.objects.filter(round=round_, enterprise=enterprise).order_by("-until")
    return rows.values_list("until", flat=True).first()


def city_extension_of(round_: Round, city_id: int | None) -> datetime | None:
    """The city's own deadline for its list: the latest that was granted, or None."""
    if city_id is None:
        return None
    return max((row.until for row in _granted(round_.pk, city_id)), default=None)


# Asked of every application of many that are decided at once.
_granted = Compiled(lambda round_, city: CityExtension.objects.filter(round=round_, city=city).order_by(), int, int)


def city_until(round_: Round, city_id: int | None) -> datetime | None:
    """The last instant for a city's list; None where the round has no such step."""
    granted = city_extension_of(round_, city_id) if round_.city_until else None
    return max(filter(None, (round_.city_until, granted)), default=None)


def applicant(actor: Actor, code: str) -> Enterprise | None:
    """The enterprise of the actor's unit with that code, for whoever may grant it an extension."""
    return (
        Enterprise.objects.filter(unit_id=actor.stands("unit"), code=code).first() if may(actor, "round.add") else None
    )


def taken(round_: Round) -> int:
    """How many are recommended within the quota: counted, never stored."""
    return Recommendation.objects.filter(round=round_, outside_quota=False).count()


# -- whom a round concerns --------------------------------------------------------------------------------------------
def interested_in(round_: Round) -> QuerySet[Membership]:
    """The people of the enterprises a round is about: of its unit, with a factory at work, not passed by its rules."""
    factories = Factory.objects.filter(enterprise_id=OuterRef("enterprise_id"), is_closed=False)
    rows = _serving(round_).filter(Exists(factories), role__in=_ENTERPRISE)
    if any(rule.kind == "not_central" for rule in round_.value.rules):
        rows = rows.filter(enterprise__group=None)
    return rows


def _serving(round_: Round) -> QuerySet[Membership]:
    return Membership.objects.filter(unit_id=round_.unit_id, state=MembershipState.ACTIVE, user__is_active=True)


def _still_at_it(round_: Round, name: str) -> QuerySet[Membership]:
    """Who has something left to do, as the app says that knows of applications."""
    rows = interested_in(round_)
    for writing in declared("selectors.audiences", "WRITING") if name == "writing" else ():
        rows = rows.filter(enterprise_id__in=writing(round_))
    for done in declared("selectors.audiences", "DONE"):
        rows = rows.exclude(enterprise_id__in=done(round_))
    return rows


_STAFF = _CITY + _UNIT
_ROLES = {"cities": _CITY, "cities_at_work": _CITY, "unit": _UNIT, "staff": _STAFF, "everyone": _STAFF}


def audience(round_: Round, name: str) -> QuerySet[User]:
    """The people of an audience, each once, by key: enterprises, cities, unit, staff (both), everyone.

    Of the cities: "cities_at_work", those whose list has not gone up. Of the enterprises: "unfinished", those that
    have not handed in (all of) what they began, or begun nothing; "writing", those that have begun and not handed in.
    """
    roles = _ROLES.get(name, [])
    serving = _serving(round_).filter(role__in=roles)
    for done in declared("selectors.audiences", "CITIES_DONE") if name == "cities_at_work" else ():
        serving = serving.exclude(city_id__in=done(round_))
    keys = Q(pk__in=serving.values("user_id"))
    if name in {"enterprises", "everyone"}:
        keys |= Q(pk__in=interested_in(round_).values("user_id"))
    if name in {"unfinished", "writing"}:
        keys |= Q(pk__in=_still_at_it(round_, name).values("user_id"))
    return User.objects.filter(keys).order_by("pk")


# -- what comes next --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Deadline:
    """A round's deadline that runs for somebody now, and what is left of it."""

    round: Round
    window: Window
    until: datetime
    left: str


def window_of(actor: Actor) -> Window | None:
    """Whose time runs for the actor: their own floor's."""
    level = actor.role.level if actor.role else None
    return {Level.ENTERPRISE: Window.ENTERPRISE, Level.CITY: Window.CITY, Level.UNIT: Window.UNIT}.get(level)  # type: ignore[arg-type]


def deadlines(actor: Actor, at: datetime) -> list[Deadline]:
    """The deadlines that run for the actor now, the next one first; an applicant's own counts."""
    window, found = window_of(actor), []
    if window is None:
        return []
    granted = Extension.objects.filter(enterprise_id=actor.stands("enterprise")).order_by("until")
    extended = dict(granted.values_list("round_id", "until")) if window is Window.ENTERPRISE else {}
    over = (RoundState.DRAFT, RoundState.FINISHED)
    for round_ in rounds(actor).exclude(state__in=over).filter(opens_at__lte=at):
        own = extended.get(round_.pk)
        until = round_.windows.until(window)
        if until and closed_reason(round_.windows, window, at, own) is None:
            until = max(until, own) if own else until
            found.append(Deadline(round_, window, until, countdown(until, at)))
    return sorted(found, key=lambda deadline: deadline.until)


@dataclass(frozen=True)
class RoundAct:
    """What its reader can go on to do in a round: a button's words, and the page by name, which takes its `ref`."""

    label: str
    page: str
    ref: str


def offered(actor: Actor, round_: Round, deadline: Deadline | None) -> list[RoundAct]:
    """What the higher apps offer on the page of a round; `deadline`: the one that runs for the actor, if any."""
    return [act for here in declared("selectors.rounds_page", "offered") for act in here(actor, round_, deadline)]


def lacking(round_: Round, action: str) -> list[str]:
    """What keeps a round from being reported or ended (`action`), as the higher apps know it: a sentence each."""
    return [line for here in declared("selectors.rounds_page", "lacking") for line in here(round_, action)]


# -- what a page shows of a round --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class RuleLine:
    """A rule as people read it: with what it compares with, in words."""

    rule: Rule
    compared: str


def rule_lines(round_: Round) -> list[RuleLine]:
    """The rules of eligibility, in order."""
    industries = dict(Industry.objects.values_list("code", "name"))
    lines = []
    for rule in round_.value.rules:
        parameter = RULE_KINDS[rule.kind].parameter
        words = value_in_words(rule, industries)
        lines.append(RuleLine(rule, f"{parameter.label}：{words}" if parameter else ""))
    return lines


def department_names(round_: Round) -> list[str]:
    """The departments that take part."""
    return [Department(code).label for code in round_.value.departments]


def basics(round_: Round) -> dict[str, Any]:
    """What of a round one page edits: its name, conditions, dates, quota."""
    return {name: getattr(round_, name) for name in ("name", "edition", "quota", "publicity_days", *LABELS)}


def lacks(round_: Round) -> list[str]:
    """What a draft needs before it can be published."""
    return [*missing(round_.value), *order_reasons(round_.windows)]


def hints(round_: Round, days: Calendar) -> list[str]:
    """What is worth a second look: dates on days off, publicity that hardly fits, what no document at hand confirms."""
    found = day_hints(round_.windows, days)
    if hint := publicity_hint(round_.windows, round_.publicity_days, days):
        found.append(hint)
    value = round_.value
    parts: tuple[Any, ...] = (*value.rules, *value.limits, *value.attachments, *value.criteria, *value.columns)
    doubtful = sum(part.unverified for part in (*parts, value.aggregation)) + value.disclosure_unverified
    if doubtful:
        found.append(f"有{doubtful}项内容的来源未经核实，页面上标有“待核实”，请按正式文件核对。")
    shipped = next((p for p in programmes() if p.code == round_.programme and round_.based_on_id is None), None)
    return [*found, shipped.unverified_windows] if shipped and shipped.unverified_windows else found


@dataclass(frozen=True)
class Step:
    """A date of a round: what it is, and whether it is done, now or next."""

    label: str
    at: datetime
    place: str
    left: str


def timeline(round_: Round, at: datetime) -> list[Step]:
    """The round's dates in order."""
    steps = [(label, getattr(round_, name)) for name, label in LABELS.items()]
    dated = [(label, when) for label, when in [*steps, ("公示期满", round_.publicity_until)] if when]
    dated.sort(key=lambda step: step[1])
    nearest = next((when for _, when in dated if when >= at), None)
    places = {True: "done", False: "next"}
    return [
        Step(label, when, "now" if when == nearest else places[when < at], countdown(when, at)) for label, when in dated
    ]
