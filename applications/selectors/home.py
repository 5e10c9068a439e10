"""What applications add to the home page and to the navigation."""

from django.db.models import QuerySet

from applications.models import Application
from applications.selectors.applications import applications
from applications.states import ApplicationState
from portal.actors import Actor
from portal.roles import Level
from portal.rules import may
from portal.selectors.home import Fact, Waiting, straight


def waiting(actor: Actor) -> list[Waiting]:
    """What waits for an enterprise: drafts and returns. What waits for whoever reviews, the review says."""
    if not may(actor, "application.list") or actor.role is None:
        return []
    rows = applications(actor)
    if actor.role.level is Level.ENTERPRISE:
        return [
            _own(rows, ApplicationState.RETURNED, "件申报被退回修改", "请在修改时限内按退回意见修改并重新提交"),
            _own(rows, ApplicationState.DRAFT, "件申报正在填报", "填写完成后须由企业管理员承诺并提交"),
        ]
    return []


def _own(rows: QuerySet[Application], state: str, label: str, hint: str) -> Waiting:
    refs = rows.filter(state=state).values_list("ref", flat=True)
    return straight(Waiting(len(refs), label, "applications", hint), ("application", refs))


def facts(actor: Actor) -> list[Fact]:
    """Figures of the applications about the actor's own place."""
    if not may(actor, "application.list") or actor.role is None or actor.role.level is Level.ENTERPRISE:
        return []
    return [Fact("已提交申报", applications(actor).count(), "件", "applications")]
