"""Places among those recommended: counted under a lock on the round, so that a quota of 20 never becomes 21."""

from datetime import datetime

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.rules import may
from portal.workflow import locked
from tiers.models import Factory, Recommendation, Round
from tiers.rounds import Window, closed_reason, quota_reason, said
from tiers.selectors.rounds import taken
from tiers.services.rounds import signer
from tiers.states import RoundState as S

# When the unit can still change whom it recommends.
OPEN_STATES = frozenset({S.ACCEPTING, S.FIRST_REVIEW, S.EXPERT_REVIEW, S.PUBLICITY})


def recommend(
    round_: Round,
    factory: Factory,
    *,
    outside_quota: bool = False,
    until: datetime | None = None,
    actor: Actor,
    at: datetime | None = None,
) -> Recommendation:
    """Give a factory a place; the direct track (82号 二(三)4) takes none of the quota.

    `until`: by when a round that was reported has to be supplemented, if that was asked for. Raises Denied, Refused.
    """
    moment = at or clock.now()
    with locked(round_) as row:
        _allow(row, actor, moment, until)
        if factory.unit_id != row.unit_id:
            raise Refused("该工厂不属于本推荐单位，不能推荐。")
        if Recommendation.objects.filter(round=row, factory=factory).exists():
            raise Refused(f"“{factory.name}”已在推荐名单中，无需重复推荐。")
        if not outside_quota and (reason := quota_reason(row.quota, taken(row))):
            raise Refused(reason)
        made = Recommendation.objects.create(
            unit_id=factory.unit_id,
            city_id=factory.city_id,
            enterprise_id=factory.enterprise_id,
            factory=factory,
            round=row,
            outside_quota=outside_quota,
            at=moment,
            by=signer(actor),
        )
        audit.record("round.recommend", row, actor, factory=factory.ref, outside_quota=outside_quota)
    return made


def withdraw_recommendation(
    recommendation: Recommendation,
    *,
    reason: str,
    until: datetime | None = None,
    actor: Actor,
    at: datetime | None = None,
) -> None:
    """Take a place back, with a reason; `until` as when one is given. Raises Denied, Refused."""
    with locked(recommendation.round) as row:
        _allow(row, actor, at or clock.now(), until)
        if not reason.strip():
            raise Refused("请填写撤回推荐的理由。")
        found = Recommendation.objects.filter(pk=recommendation.pk).select_related("factory").first()
        if found is None:
            raise Refused("该推荐已撤回，请刷新页面后再看。")
        audit.record("round.withdraw_recommendation", row, actor, factory=found.factory.ref, reason=reason)
        found.delete()


def _allow(row: Round, actor: Actor, at: datetime, until: datetime | None) -> None:
    if not may(actor, "round.recommend", row):
        raise Denied("round.recommend")
    if row.state == S.REPORTING and until is not None:
        # What was reported is changed again only for a supplement, whose own deadline takes the window's place.
        if at > until:
            raise Refused(f"部级补正时限已于{said(until)}（北京时间）截止，不能再调整推荐名单。")
        return
    if row.state not in OPEN_STATES:
        raise Refused(f"本批次{row.get_state_display()}，不能调整推荐名单。")
    if closed := closed_reason(row.windows, Window.UNIT, at):
        raise Refused(closed)
