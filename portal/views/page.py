"""What every page has: site, actor, navigation; and how a page shows a refusal beside its form."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from portal import audit, clock
from portal.actors import NOBODY, Actor
from portal.audit import Outcome
from portal.errors import Refused
from portal.models import Membership
from portal.rooms import merged
from portal.rules import may

PER_PAGE = 50

# Label, page (of any app, by name), and the permission without which it isn't offered (empty: whoever is signed in).
NAVIGATION = (
    ("首页", "home", ""),
    ("公告", "announcements", ""),
    ("公示", "publicity", ""),
    ("申报批次", "rounds", "round.list"),
    ("企业申报", "applications", "application.list"),
    ("留言", "messages", "message.list"),
    ("初审工作台", "reviews", "first_review.list"),
    ("会签事项", "sign_offs", "sign_off.list"),
    ("公示异议", "objections", "objection.list"),
    ("上报与认定", "dispatches", "dispatch.list"),
    ("专家评审", "sheets", "sheet.list"),
    ("现场核查", "visits", "sheet.list"),
    ("专家库", "experts", "expert.list"),
    ("企业登记", "registrations", "registration.list"),
    ("在册企业", "enterprises", "enterprise.list"),
    ("智能工厂", "factories", "factory.list"),
    ("基础级备案", "filings", "filing.list"),
    ("荣誉称号", "recognitions", "recognition.list"),
    ("文书", "packages", "package.list"),
    ("数据导出", "exports", "export.list"),
    ("要素条件", "editions", "edition.read"),
    ("人员管理", "people", "people.manage"),
    ("机构管理", "offices", "office.manage"),
    ("工作日历", "calendar", "calendar.edit"),
    ("账户安全", "accounts", "account.list"),
    ("审计记录", "record", "record.read"),
)


class PortalRequest(HttpRequest):
    """A request behind the walls: it knows who asks and which hats they have."""

    actor: Actor
    hats: list[Membership]
    incident: str


def page(request: HttpRequest) -> dict[str, Any]:
    """The context every template can rely on."""
    actor: Actor = getattr(request, "actor", NOBODY)
    cookies, query = request.COOKIES, request.GET.copy()
    query.pop("page", None)
    return {
        "query": query.urlencode(),
        # Not `site`: allauth puts its own there.
        "portal_site": settings.SITE,
        "is_demo": settings.IS_DEMO,
        "is_rehearsal": settings.IS_REHEARSAL,
        "display": {"large": cookies.get("large") == "1", "contrast": cookies.get("contrast") == "1"},
        "actor": actor if actor.user else None,
        "hats": [h for h in getattr(request, "hats", ()) if h != actor.membership],
        "keeps_seal": may(actor, "seal.keep"),
        "navigation": _navigation(request, actor) if actor.user else [],
        "beijing_now": clock.beijing(clock.now()),
    }


def _navigation(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    match = request.resolver_match
    here = match.url_name if match else ""
    counts = merged("selectors.home", "COUNTS")
    return [
        {
            "label": label,
            "url": reverse(name),
            "current": here == name or (match and section(match.route) == name),
            "count": counts[name](actor) if name in counts else 0,
        }
        for label, name, permission in NAVIGATION
        if not permission or may(actor, permission)
    ]


def section(route: str) -> str:
    """The navigation entry a page belongs to: the first part of its route."""
    first = route.split("/", 1)[0]
    return {"": "home", "security": "accounts", "assessments": "factories"}.get(first, first)


class BoundedPaginator(Paginator):
    """Looks no further than a reader does, and once: a list of 20,000 opens as fast as one of 200."""

    def __init__(self, rows: QuerySet[Any], size: int, number: int) -> None:
        super().__init__(rows, size)
        self._rows = rows
        self._most = max(number + 10, 20) * size

    @cached_property
    def _keys(self) -> list[Any]:
        return list(self._rows.values_list("pk", flat=True)[: self._most + 1])

    @cached_property
    def count(self) -> int:
        """How many there are, up to the bound."""
        return min(len(self._keys), self._most)

    @property
    def is_bounded(self) -> bool:
        """There are more than were counted."""
        return len(self._keys) > self._most

    def page(self, number: int | str) -> "Page[Any]":
        """The rows of that page, by their keys."""
        checked = self.validate_number(number)
        bottom = (checked - 1) * self.per_page
        wanted = self._keys[: self._most][bottom : bottom + self.per_page]
        return Page(self._rows.filter(pk__in=wanted), checked, self)


def paged_at_most(request: HttpRequest, rows: QuerySet[Any], size: int = PER_PAGE) -> "Page[Any]":
    """The page of a long list that was asked for, without counting the whole list."""
    asked = request.GET.get("page", "1")
    number = min(int(asked), 10_000) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return BoundedPaginator(rows, size, number).get_page(asked)


def paged(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], size: int = PER_PAGE) -> "Page[Any]":
    """The page of a list that was asked for; one that doesn't exist gives the nearest."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


@contextmanager
def refusal_shown_on(form: BaseForm) -> Iterator[None]:
    """Roll back what a service began, show its reasons on the form, and put the refusal on record."""
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=list(refusal.reasons))
        for reason in refusal.reasons:
            form.add_error(None, reason)
