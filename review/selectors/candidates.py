"""Applications that reached a unit to be judged, as its lead office and their city see them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from portal import clock
from portal.actors import Actor
from portal.errors import Hidden
from portal.models import Enterprise
from portal.roles import Level
from portal.rules import may
from review.models import Candidate, CityList, Finding, ScoreSheet, SiteVisit
from review.states import GONE_UP, HELD_SHEETS, CandidateState, VisitState
from tiers.models import Factory, Recognition, Recommendation, Round
from tiers.names import TIER_NAMES
from tiers.selectors.recognitions import bar_of
from tiers.states import RecognitionState
from tiers.titles import BY_CODE


def candidates(actor: Actor) -> QuerySet[Candidate]:
    """A unit's own; a city's lead office reads of those that it sent up how they were received."""
    rows = Candidate.objects.select_related("round", "city__region", "application", "decided_by")
    rows = rows.defer("round__terms")
    if actor.role is None:
        return rows.none()
    if may(actor, "candidate.list"):
        return rows.filter(unit_id=actor.stands("unit"))
    if actor.role.level is Level.CITY and may(actor, "first_review.list"):
        return rows.filter(city_id=actor.stands("city"), city_position__isnull=False)
    return rows.none()


def candidate_for(actor: Actor, ref: str) -> Candidate:
    """The gate to a candidate, by its application's reference; the same set. Raises Hidden."""
    row = candidates(actor).filter(application__ref=ref).first()
    if row is None:
        raise Hidden("candidate", ref)
    return row


def of_round(round_: Round) -> QuerySet[Candidate]:
    """Those of a round, in the cities' order."""
    return Candidate.objects.filter(round=round_)


def sent_back(city_list: CityList) -> list[Candidate]:
    """Those of a city's list that its unit sent back by themselves, to be explained."""
    if city_list.state not in GONE_UP:
        return []
    rows = of_round(city_list.round).filter(city=city_list.city_id, state=CandidateState.SENT_BACK)
    return list(rows.select_related("application").order_by("city_position"))


def judged(candidate: Candidate) -> list[str]:
    """Why a candidate can't simply go back: what was begun about it."""
    found = []
    if Recommendation.objects.filter(round=candidate.round_id, factory=candidate.application.factory_id).exists():
        found.append(f"{candidate.name}已在推荐名单中，须先撤回推荐。")
    if ScoreSheet.objects.filter(candidate=candidate, state__in=HELD_SHEETS).exists():
        found.append(f"{candidate.name}已分配专家评审，须先撤换其评分表。")
    if SiteVisit.objects.filter(candidate=candidate).exclude(state=VisitState.CANCELLED).exists():
        found.append(f"{candidate.name}已安排现场核查，须先取消。")
    return found


# -- what the portal points out --------------------------------------------------------------------------------------
def warnings_of(rows: Sequence[Candidate]) -> dict[int, list[str]]:
    """What has to be looked at before each is accepted, by key: twins, bars, titles held, adverse facts.

    Of one round; the same few queries however many there are.
    """
    if not rows:
        return {}
    held = of_round(rows[0].round).exclude(state__in=(CandidateState.SENT_BACK, CandidateState.REFUSED))
    by_code: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, code, number in held.values_list("pk", "code", "number"):
        by_code[code].append((pk, number))
    adverse = _adverse(row.application_id for row in rows)
    revoked = list(Recognition.objects.filter(code__in={r.code for r in rows}, state=RecognitionState.REVOKED))
    factories = Factory.objects.in_bulk({row.application.factory_id for row in rows})
    central = set(
        Enterprise.objects.filter(pk__in={row.enterprise_id for row in rows}, group__isnull=False).values_list(
            "pk", flat=True
        )
    )
    found = {}
    for row in rows:
        said = [f"同一企业另有参评项目{number}" for pk, number in by_code[row.code] if pk != row.pk]
        if row.enterprise_id in central:
            said.append("申报单位登记为中央企业，应由所属集团推荐")
        said += _of_title(row, factories[row.application.factory_id], revoked)
        if adverse[row.application_id]:
            said.append(f"有{adverse[row.application_id]}条不利的核查事实")
        found[row.pk] = said
    return found


def _adverse(keys: Iterable[int]) -> dict[int, int]:
    counted: dict[int, int] = defaultdict(int)
    rows = Finding.objects.filter(application__in=list(keys), struck_at=None, is_adverse=True)
    for key in rows.values_list("application", flat=True):
        counted[key] += 1
    return counted


def _of_title(row: Candidate, factory: Factory, revoked: Sequence[Recognition]) -> list[str]:
    found = []
    if (bar := bar_of(revoked, row.code, clock.now())) is not None:
        found.append(f"限制申报：{bar.sentence}")
    holds, wanted = BY_CODE.get(factory.held_tier), BY_CODE.get(row.round.tier)
    if holds is not None and wanted is not None and holds.rank and holds.rank >= wanted.rank:
        found.append(f"该工厂已获评{TIER_NAMES[factory.held_tier]}")
    return found
