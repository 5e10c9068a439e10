"""What the review adds to the pages of an application."""

from applications.models import Application
from applications.selectors.pages import Link
from portal.actors import Actor
from portal.rules import may
from review.selectors.first_reviews import may_ask_again, rejection_for
from review.selectors.messages import unread_by
from review.selectors.objections import notices
from review.selectors.outcomes import outcome_of, said_of
from tiers.states import RoundState

# Before that there is neither an objection nor a result to ask for.
_MADE_PUBLIC = frozenset({RoundState.PUBLICITY, RoundState.REPORTING, RoundState.FINISHED})


def offered(actor: Actor, application: Application) -> list[Link]:
    """The first review for its office, what it told the applicant, and the conversation of both."""
    found = []
    if application.version and may(actor, "first_review.review", application):
        found.append(Link("初审", "first_review", application.ref, 0))
    if may(actor, "application.withdraw", application) and may_ask_again(application):
        found.append(Link("申请复核", "reconsider", application.ref, 0))
    if may(actor, "message.write", application):
        unread = unread_by(actor).filter(application=application).count()
        found.append(Link("留言", "conversation", application.ref, unread))
    if may(actor, "application.write", application) and application.round.state in _MADE_PUBLIC:
        rows = notices(actor).filter(round=application.round_id, factory=application.factory_id)
        found += [Link("公示异议核实", "objection_notice", row.ref, 0 if row.answered_at else 1) for row in rows]
    return found


def told(actor: Actor, application: Application) -> list[tuple[str, str]]:
    """A rejection in force, with its reason and what can be done about it; the result in the end."""
    if not may(actor, "application.write", application):
        return []
    if application.round.state in _MADE_PUBLIC and (outcome := outcome_of(application)):
        return [("评审结果", said_of(outcome))]
    row = rejection_for(application)
    if row is None:
        return []
    then = (
        "对结论有异议的，可由企业管理员申请复核一次。" if may_ask_again(application) else "已申请复核，请等待办理结果。"
    )
    return [("不予推荐", f"{row.office}：{row.reason}\n{then}")]
