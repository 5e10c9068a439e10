"""First reviews and lists for tests, made through the services."""

from datetime import date, timedelta
from typing import Any

from applications.models import Application, ApplicationSection, Submission
from applications.services.beginning import keys_of
from portal import clock, walls
from portal.actors import Actor
from portal.demo.seed import somebody
from portal.models import Department, Membership, Office
from portal.references import new_ref
from portal.roles import Role
from review.models import CityList, Finding, FirstReview, ListEntry, ListIssue, SignOff
from review.selectors.first_reviews import desk_edition
from review.services import city_lists, copies, first_reviews, sign_offs
from review.services.city_lists import Issuing
from review.services.copies import Arrived
from tests import applications as made
from tests import factories
from tests.factories import People
from tiers.models import Round

EVERY_POINT = {key: {"answer": "yes", "note": ""} for key in ("eligible", "complete", "consistent", "true")}
DAY = timedelta(days=1)


def copied(of: Application, people: People | None, *, name: str = "", enterprise: Any = None) -> Application:
    """Another application that was handed in, like this one: made without going all the way, for lists of many."""
    owner = enterprise or (people.enterprise_a if people else of.enterprise)
    with walls.system("test"):
        factory = factories.factory(owner, name=name or f"第{new_ref('G')}工厂")
        # Out of the way of the numbers that the round gives.
        number = f"{of.number[:-4]}{5001 + Application.objects.filter(round=of.round).count():04d}"
        keys = {"unit_id": owner.unit_id, "city_id": owner.city_id, "enterprise_id": owner.pk}
        row = Application.objects.create(
            ref=new_ref("SB"), number=number, round=of.round, factory=factory, book=of.book, state="draft", version=1,
            terms_digest=of.terms_digest, began_at=of.began_at, began_by=of.began_by, saved_at=of.saved_at,
            progress=of.progress, **keys,
        )  # fmt: skip
        Application.objects.filter(pk=row.pk).update(state="submitted")
        was: Submission = of.submissions.get(version=of.version)
        document = was.document | {"ref": row.ref, "number": number, "version": 1}
        document["factory"] = document["factory"] | {"ref": factory.ref, "name": factory.name}
        Submission.objects.create(
            application=row, number=number, version=1, project=f"{factory.name}智能工厂项目", document=document,
            digest=was.digest, submitted_at=was.submitted_at, submitted_by=was.submitted_by, **keys,
        )  # fmt: skip
        ApplicationSection.objects.bulk_create(
            ApplicationSection(application=row, key=section.key, answers=section.answers, version=1, **keys_of(row))
            for section in of.sections.all()
        )
    return made.fresh(row)


def passed(row: Application, by: Actor, **more: Any) -> FirstReview:
    """It passes the first review."""
    return decided(row, by, passes=True, **more)


def decided(row: Application, by: Actor, *, passes: bool, reason: str = "", opinion: str = "同意推荐。") -> FirstReview:
    """It is decided as its reviewer sees it now."""
    with walls.enter(by):
        edition = desk_edition(row)
        return first_reviews.decide(
            row, passes=passes, checklist=EVERY_POINT, opinion=opinion, edition=edition, reason=reason, actor=by
        )


def list_of(round_: Round, by: Actor) -> CityList:
    """The city's list as it stands."""
    with walls.enter(by):
        return CityList.objects.select_related("round__unit", "city__region").get(round=round_, city=by.stands("city"))


def order_of(row: CityList) -> list[str]:
    """The refs in order."""
    with walls.system("test"):
        return list(row.entries.order_by("position").values_list("application__ref", flat=True))


def departments(by: Actor) -> dict[str, Actor]:
    """Somebody in each joint department of the actor's city, by department."""
    found = {}
    with walls.system("test"):
        for office in Office.objects.filter(city=by.stands("city"), is_lead=False):
            seat = Membership.objects.filter(office=office, role=Role.CITY_JOINT).select_related("user").first()
            if seat is None:
                found[office.department] = factories.seat(Role.CITY_JOINT, office=office)
            else:
                found[office.department] = Actor(user=seat.user, membership=seat)
    return found


def issuing(**changes: Any) -> Issuing:
    """What a lead office says when it has a list signed."""
    now = clock.now()
    said = {
        "number": "武经信函〔2024〕18号", "on": clock.beijing(now).date(), "contact": "初审员", "phone": "027-80000000",
        "due_at": now + timedelta(hours=3),
    } | changes  # fmt: skip
    return Issuing(**said)


def circulated(row: CityList, by: Actor, **changes: Any) -> ListIssue:
    """The list is being signed."""
    with walls.enter(by):
        return city_lists.circulate(fresh(row), issuing(**changes), version=fresh(row).version, actor=by)


def fresh(row: CityList) -> CityList:
    """The list as it stands."""
    with walls.system("test"):
        return CityList.objects.select_related("round__unit", "city__region").get(pk=row.pk)


def agreed(issue: ListIssue, by: Actor) -> None:
    """Every department agrees."""
    people = departments(by)
    with walls.system("test"):
        asked = list(SignOff.objects.filter(issue=issue).select_related("office", "issue__city_list__round"))
    for row in asked:
        actor = people[row.office.department]
        with walls.enter(actor):
            sign_offs.answer(row, "agree", actor=actor)


def arrived(rows: list[Application], by: Actor) -> None:
    """Both copies of each arrived on paper."""
    today: date = clock.beijing(clock.now()).date()
    with walls.enter(by):
        copies.record(
            [Arrived(made.fresh(row), made.fresh(row).version, 2) for row in rows], arrived_on=today, actor=by
        )


# -- the demo --------------------------------------------------------------------------------------------------------
def of_the_demo(name: str) -> Application:
    """An application of the demo by its factory's name."""
    return made.fresh(Application.objects.get(factory__name=name, round__state="accepting"))


def in_the_demo(*names: str, region: str = "420100") -> list[Application]:
    """New applications of a new enterprise, handed in like one of the demo: for journeys to decide about."""
    owner, like = factories.enterprise(region), of_the_demo("光谷传感器工厂")
    return [copied(like, None, name=name, enterprise=owner) for name in names]


def reviews_to_see() -> dict[str, Any]:
    """What lies on the desks of the demo, one that was rejected, and a list that went up, as addresses name them."""
    passed_, open_ = of_the_demo("光谷传感器工厂"), of_the_demo("生物制剂二期工厂")
    officer, head = somebody("chushen.wuhan"), somebody("fuze.wuhan")
    rejected = copied(passed_, None, name="不予推荐示例工厂", enterprise=somebody("qiye").membership.enterprise)  # type: ignore[union-attr]
    decided(rejected, officer, passes=False, reason="主要装备的数控化率与现场核查不符。")
    with walls.system("test"):
        (elsewhere,) = in_the_demo("已报送示例工厂", region="420200")
        keys = {"unit_id": elsewhere.unit_id, "city_id": elsewhere.city_id}
        sent = CityList.objects.create(ref=f"{passed_.round.ref}-420200", round=passed_.round, issued=1, **keys)
        profile = ListEntry.objects.get(application=passed_).profile
        ListEntry.objects.create(
            city_list=sent, application=elsewhere, position=1, version=1, profile=profile, **keys_of(elsewhere)
        )
        rows = CityList.objects.filter(pk=sent.pk)
        rows.update(state="signing")
        rows.update(state="sent", sent_at=clock.now(), sent_by=head.person)
        return {
            "passed": passed_.ref,
            "open": open_.ref,
            "rejected": rejected.ref,
            "list": CityList.objects.get(city__region="420100", round=passed_.round).ref,
            "list_sent": sent.ref,
            "sign_off": SignOff.objects.get(application=open_, office__name="武汉市财政局").pk,
            "fact": Finding.objects.get(application=passed_).pk,
        }


IN_INK = (
    "city",
    *(f"city-{code}" for code in (Department.DEVELOPMENT, Department.FINANCE, Department.MARKET, Department.DATA)),
)
