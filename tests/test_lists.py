"""Lists take the same number of queries at one item and at three, so that forty don't take forty times as long."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from portal import audit, clock, walls
from portal.roles import Role
from portal.services import invitations
from portal.services.memberships import post_at
from portal.services.notices import tell
from review.models import Candidate, CityList, Expert, Panel
from review.services import choosing, findings, messages, sign_offs
from tests import applications as made
from tests import choice, factories, judging, reviews
from tests import publicities as made_public
from tests import rounds as given
from tests.factories import People
from tests.samples.judging import planned
from tests.titles import of_a
from tiers.models import Edition, Factory, Round
from tiers.services import announcements, calendar, catalogue, filings

pytestmark = pytest.mark.django_db
_batches, _publics = count(1), count(1)


def _registration(_people: People) -> None:
    factories.registration("420100")


def _enterprise(_people: People) -> None:
    factories.enterprise("420100")


def _colleague(people: People) -> None:
    factories.seat(Role.CITY_REVIEWER, office=factories.office("武汉市经济和信息化局"))
    post = post_at(Role.CITY_REVIEWER, office=factories.office("武汉市经济和信息化局"))
    with walls.enter(people.city_head_a):
        invitations.invite(people.city_head_a, email=f"{factories.code()}@test.example", name="甲", post=post)


def _account(_people: People) -> None:
    factories.user()


def _event(_people: People) -> None:
    audit.record("test.event", detail="x")


def _clerk(people: People) -> None:
    factories.seat(Role.ENTERPRISE_CLERK, enterprise=people.enterprise_a)


def _hat(people: People) -> None:
    factories.seat(Role.ENTERPRISE_CLERK, who=people.enterprise_clerk_a.user, enterprise=factories.enterprise("420200"))


def _factory(people: People) -> None:
    factories.factory(people.enterprise_a)


def _assessed(people: People) -> None:
    factory = Factory.objects.filter(enterprise=people.enterprise_a).first() or factories.factory(people.enterprise_a)
    factories.assessment(factory, people.enterprise_clerk_a)


def _filing(people: People) -> None:
    factory = factories.factory(people.enterprise_a)
    row = factories.assessment(factory, people.enterprise_clerk_a, aim="basic", rank=1)
    with walls.enter(people.enterprise_clerk_a):
        filings.file(row, is_true=True, actor=people.enterprise_clerk_a)


def _title(people: People) -> None:
    of_a(people, document=factories.code(), batch=int(factories.code()[9:16]) % 30_000 + 1)


def _revision(_people: People) -> None:
    catalogue.load(actor=factories.DIRECTOR)
    last = Edition.objects.filter(code="2024").latest("revision")
    document = last.document | {"edition": last.document["edition"] | {"revision": last.revision + 1}}
    said = {"code": last.code, "name": last.name, "digest": last.digest, "loaded_at": last.loaded_at}
    Edition.objects.create(**said, revision=last.revision + 1, document=document)


def _round(people: People) -> None:
    given.current(people, batch=next(_batches))


def _application(people: People) -> None:
    round_ = Round.objects.filter(state="accepting").first() or given.current(people)
    made.bare(people, round_)


def _message(people: People) -> None:
    round_ = Round.objects.filter(state="accepting").first() or given.current(people)
    row = made.bare(people, round_)
    for actor in (people.city_reviewer_a, people.enterprise_clerk_a):
        with walls.enter(actor):
            messages.write(row, text="某事", actor=actor)


def _announced(people: People) -> None:
    with walls.enter(people.unit_head):
        row = announcements.draft(title="某公告", text="正文", actor=people.unit_head)
        announcements.publish(row, actor=people.unit_head)
        announcements.draft(title="某草稿", text="正文", actor=people.unit_head)


def _notice(people: People) -> None:
    tell([people.enterprise_clerk_a.person], "某事")


def _in_review(people: People) -> None:
    """One more in Wuhan's list, with a fact on record, and something that each department was asked about it."""
    by = people.city_reviewer_a
    with walls.system("test"):
        first = Application.objects.filter(version=1).select_related("round__edition").order_by("pk").first()
    row = reviews.copied(first, people) if first else made.submitted(people)
    reviews.passed(row, by)
    with walls.enter(by):
        offices = sign_offs.departments(row.city_id, row.round.value.departments)
        due = clock.now() + timedelta(hours=1)
        sign_offs.ask_about(row, offices, question="请核查", due_at=due, actor=by)
        findings.record(row, kind="credit", text="失信一次", source="信用中国", actor=by)


def _expert(people: People) -> None:
    judging.expert(people)


def _judged(people: People) -> None:
    """One more candidate, with a sheet of the cast's expert; the panel scores."""
    with walls.system("test"):
        panel = Panel.objects.first()
        first = Application.objects.filter(version=1).select_related("round__edition").order_by("pk").first()
    if panel is None or first is None:
        (row,) = judging.candidates(people, 1)
        judging.scoring(people, [(people.expert, judging.profile(people, people.expert))], [row])
    else:
        judging.candidate(reviews.copied(first, people))
        judging.assigned(people, panel, seed=str(next(_batches)))


def _visited(people: People) -> None:
    """One more visit, to a candidate of its own."""
    _judged(people)
    with walls.system("test"):
        row = Candidate.objects.order_by("-pk")[0]
    planned(people, row, (people.unit_officer.person,))


def _received(people: People) -> None:
    """One more candidate that was taken in, of a panel that has scored all of them; and recommended."""
    with walls.system("test"):
        first = Candidate.objects.select_related("round__unit", "application").order_by("pk").first()
    if first is None:
        (row,) = choice.accepted(people)
        choice.panel(row.round, "装备制造组", [row])
        row = choice.fresh(row)
    else:
        (row,) = choice.many(choice.fresh(first), 1)
    with walls.system("test"):
        seats = list(Expert.objects.filter(seats__panel=row.panel_id))
    choice.scored(row, seats, [80] * 5)
    with walls.enter(people.unit_officer):
        choosing.recommend(choice.fresh(row), reason="补充推荐。", actor=people.unit_officer)


def _special_day(people: People) -> None:
    day = date(clock.now().year, 3, next(_batches))
    with walls.enter(people.system_admin):
        calendar.put(day=day, name="假", is_working=False, actor=people.system_admin)


def _args(page: str, people: People) -> list[str]:
    """What the page's address names."""
    with walls.system("test"):
        match page:
            case "enterprise":
                return [people.enterprise_a.code]
            case "inbox" | "city_lists":
                return [Round.objects.get(state="accepting").ref]
            case "panels" | "round_visits":
                return [Panel.objects.get().round.ref]
            case "candidates" | "choice" | "unit_list":
                return [Candidate.objects.select_related("round")[0].round.ref]
            case "panel" | "panel_assign":
                return [Panel.objects.get().ref]
            case "city_list":
                return [CityList.objects.get().ref]
    return []


def _published(people: People) -> None:
    made_public.lodged(made_public.published(people, made_public.judged(people, batch=60 + next(_publics), count=1)))


def _dispatched(people: People) -> None:
    made_public.sent(people, made_public.judged(people, batch=60 + next(_publics), count=1, days=0))


@pytest.mark.parametrize(
    ("page", "who", "add"),
    [
        ("factories", "enterprise_clerk_a", _factory),
        ("factories", "city_head_a", _factory),
        ("factories", "unit_head", _assessed),
        ("filings", "city_head_a", _filing),
        ("home", "city_head_a", _filing),
        ("registrations", "city_head_a", _registration),
        ("enterprises", "city_head_a", _enterprise),
        ("enterprises", "unit_head", _enterprise),
        ("people", "city_head_a", _colleague),
        ("offices", "system_admin", _colleague),
        ("accounts", "security_admin", _account),
        ("record", "auditor", _event),
        ("home", "city_head_a", _registration),
        ("me", "enterprise_clerk_a", _hat),
        ("demo_mail", "newcomer", _registration),
        ("enterprise", "city_head_a", _clerk),
        ("recognitions", "unit_officer", _title),
        ("recognitions", "city_reviewer_a", _title),
        ("recognitions", "enterprise_clerk_a", _title),
        ("editions", "expert", _revision),
        ("rounds", "unit_officer", _round),
        ("rounds", "city_head_a", _round),
        ("rounds", "enterprise_admin_a", _round),
        ("home", "enterprise_admin_a", _round),
        ("round_add", "unit_officer", _round),
        ("calendar", "system_admin", _special_day),
        ("applications", "enterprise_clerk_a", _application),
        ("applications", "city_head_a", _application),
        ("applications", "unit_officer", _application),
        ("home", "city_head_a", _application),
        ("notices", "enterprise_clerk_a", _notice),
        ("messages", "enterprise_clerk_a", _message),
        ("messages", "city_head_a", _message),
        ("home", "city_head_a", _message),
        ("announcements", "unit_officer", _announced),
        ("announcements", "enterprise_clerk_a", _announced),
        ("home", "enterprise_clerk_a", _announced),
        ("publicity", "unit_officer", _published),
        ("publicity", "newcomer", _published),
        ("objections", "unit_officer", _published),
        ("home", "newcomer", _published),
        ("dispatches", "unit_officer", _dispatched),
        ("dispatches", "ministry", _dispatched),
        ("experts", "unit_officer", _expert),
        ("panels", "unit_officer", _judged),
        ("panel", "unit_officer", _judged),
        ("panel_assign", "unit_officer", _judged),
        ("sheets", "expert", _judged),
        ("visits", "unit_officer", _visited),
        ("round_visits", "unit_officer", _visited),
        ("candidates", "unit_officer", _received),
        ("choice", "unit_officer", _received),
        ("unit_list", "unit_officer", _received),
        ("inbox", "city_reviewer_a", _in_review),
        ("city_list", "city_reviewer_a", _in_review),
        ("city_lists", "unit_officer", _in_review),
        ("sign_offs", "city_joint_a", _in_review),
        ("home", "city_joint_a", _in_review),
    ],
)
def test_list_takes_the_same_queries_however_long(
    people: People, client_as: Callable[..., Client], page: str, who: str, add: Callable[[People], None]
) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            add(people)
        args = _args(page, people)
        client = client_as(people.actors()[who])
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(page, args=args)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], counts
    assert counts[0] <= 34, counts
