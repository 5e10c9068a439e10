"""What waits for somebody: the lines of the home page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from allauth.mfa.models import Authenticator

from portal.actors import Actor
from portal.roles import HEADS
from portal.rooms import declared
from portal.rules import may
from portal.selectors import people
from portal.selectors.enterprises import enterprises, registrations
from portal.selectors.notices import unread


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: how many, what, and the name of the page where it is done, with the `ref` that it takes."""

    count: int
    label: str
    page: str
    hint: str = ""
    ref: str = ""


def straight(found: Waiting, *ways: tuple[str, Iterable[str]]) -> Waiting:
    """To the first of these pages that has all of what waits, each a page by name and where it has something.

    Where none has, to the list of all.
    """
    for page, refs in ways:
        if len(only := set(refs)) == 1:
            return replace(found, page=page, ref=only.pop())
    return found


@dataclass(frozen=True)
class Fact:
    """One figure about somebody's own place, and the name of the page that lists what it counts."""

    label: str
    count: int
    unit: str
    page: str


@dataclass(frozen=True)
class News:
    """Something made known that concerns somebody: what, by whom, when, and the page by name, which takes `ref`."""

    title: str
    by: str
    at: datetime
    page: str
    ref: str
    is_pinned: bool = False


def all_news(actor: Actor) -> list[News]:
    """What was made known lately and concerns the actor, from every app."""
    return [line for news_here in declared("selectors.home", "news") for line in news_here(actor)]


def all_advice(actor: Actor) -> list[str]:
    """What would help the actor's place along, from every app."""
    return [line for advice_here in declared("selectors.home", "advice") for line in advice_here(actor)]


def all_waiting(actor: Actor) -> list[Waiting]:
    """Everything that waits for this actor now, in every app; lines with a count of 0 are left out."""
    lines = [line for waiting_here in declared("selectors.home", "waiting") for line in waiting_here(actor)]
    return [line for line in lines if line.count]


def all_facts(actor: Actor) -> list[Fact]:
    """Figures about the actor's own place, from every app."""
    return [fact for facts_here in declared("selectors.home", "facts") for fact in facts_here(actor)]


def waiting(actor: Actor) -> list[Waiting]:
    """What waits on the ground floor."""
    lines = [Waiting(unread(actor), "条未读消息", "notices")]
    if may(actor, "registration.list"):
        what = "人申请加入本企业，待您同意" if actor.stands("enterprise") else "家企业的登记申请待确认"
        refs = registrations(actor).values_list("ref", flat=True)
        lines.append(straight(Waiting(len(refs), what, "registrations"), ("registration", refs)))
    if may(actor, "people.manage"):
        lines.append(Waiting(people.invitations(actor).count(), "份邀请尚未被接受", "people"))
    if may(actor, "office.manage"):
        lines.append(
            Waiting(people.offices_without_head().count(), "个牵头机构尚无负责人", "offices", "请向负责人发出邀请")
        )
    if may(actor, "account.list"):
        lines.append(Waiting(people.accounts(only_shut=True).count(), "个账户处于停用状态", "accounts"))
    return lines


def facts(actor: Actor) -> list[Fact]:
    """Figures of the ground floor about the actor's own place."""
    if may(actor, "enterprise.list"):
        return [Fact("在册企业", enterprises(actor).count(), "家", "enterprises")]
    return []


def advice(actor: Actor) -> list[str]:
    """What would make the actor's place safer."""
    lines = []
    if actor.role in HEADS and people.colleagues(actor).filter(role=actor.role, state="active").count() < 2:
        lines.append("本机构目前只有一位负责人（管理员）。建议再任命一位，以免其离岗时业务中断。")
    if actor.user and not Authenticator.objects.filter(user=actor.user).exists():
        lines.append("您尚未启用两步验证。启用后，即使密码泄露，他人也无法登录您的账户。")
    return lines


def _registrations_waiting(actor: Actor) -> int:
    return registrations(actor).count()


# Entries of the navigation that carry a count of what waits there.
COUNTS = {"registrations": _registrations_waiting}
