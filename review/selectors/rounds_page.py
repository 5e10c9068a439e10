"""What the review adds to the page of a round."""

from portal import clock
from portal.actors import Actor
from portal.rules import may
from review.selectors import outcomes, publicity
from review.selectors.publicity import OPEN, is_open
from tiers.models import Round
from tiers.selectors.rounds import Deadline, RoundAct
from tiers.states import RoundState


def offered(actor: Actor, round_: Round, _deadline: Deadline | None) -> list[RoundAct]:
    """Offices where paper arrives may record it once the round takes applications."""
    found = _of_cities(actor, round_)
    if not may(actor, "copies.list") or round_.state in {RoundState.DRAFT, RoundState.PUBLISHED}:
        return found
    if may(actor, "publicity.draw", round_) and is_open(round_):
        draft = publicity.draft_of(round_)
        found.append(
            RoundAct("公示草稿", "publicity_page", draft.ref)
            if draft
            else RoundAct("草拟公示", "publicity_draw", round_.ref)
        )
    if round_.state in OPEN and may(actor, "outcome.record", round_):
        found.append(RoundAct("登记认定结果", "outcome_record", round_.ref))
    found += of_experts(actor, round_)
    reviews = [RoundAct("初审工作台", "inbox", round_.ref)]
    return [*reviews, RoundAct("纸质件登记", "copies", round_.ref), *found, *_of_unit(actor, round_)]


def lacking(round_: Round, action: str) -> list[str]:
    """What keeps a round from being reported or ended: publicity, objections, results."""
    return [*publicity.lacking(round_, clock.now()), *outcomes.lacking(round_, action)]


def _of_cities(actor: Actor, round_: Round) -> list[RoundAct]:
    if not may(actor, "city_list.survey", round_) or round_.state in {RoundState.DRAFT, RoundState.PUBLISHED}:
        return []
    return [RoundAct("市州推荐名单", "city_lists", round_.ref)]


def _of_unit(actor: Actor, round_: Round) -> list[RoundAct]:
    if not may(actor, "unit_list.choose", round_) or round_.state in {RoundState.DRAFT, RoundState.PUBLISHED}:
        return []
    return [
        RoundAct("参评项目", "candidates", round_.ref),
        RoundAct("名额与推荐", "choice", round_.ref),
        RoundAct("上报名单", "unit_list", round_.ref),
    ]


def of_experts(actor: Actor, round_: Round) -> list[RoundAct]:
    """The round's panels and visits, for its unit's lead office."""
    if not may(actor, "panel.draw", round_):
        return []
    return [RoundAct("专家组", "panels", round_.ref), RoundAct("现场核查", "round_visits", round_.ref)]
