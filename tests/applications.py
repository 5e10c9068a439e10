"""Applications for tests, made through the services."""

from typing import Any

from applications import screening
from applications.demo import seed as demo
from applications.demo.books import screening_answers
from applications.demo.seed import write
from applications.models import Application, Submission
from applications.selectors.papers import form_of
from applications.services import beginning, submitting, takeover, writing
from applications.services.submitting import COMMITMENTS, Commitment
from portal import clock, walls
from portal.actors import Actor
from portal.demo.seed import somebody
from portal.models import Enterprise
from portal.references import new_ref
from tests import factories, rounds, titles
from tests.factories import People
from tiers.models import BookForm, Factory, Recognition, Round
from tiers.selectors.books import book_for
from tiers.states import RoundState

EVERY = frozenset(code for code, _, _ in COMMITMENTS)


def fresh(application: Application) -> Application:
    """The row as it stands."""
    with walls.system("test"):
        rows = Application.objects.select_related("round__unit", "round__edition", "book", "factory", "enterprise")
        return rows.get(pk=application.pk)


def eligible_factory(people: People, **changes: Any) -> Factory:
    """A factory of Wuhan's enterprise that meets everything on file: its title, and an assessment of 卓越级."""
    made = factories.factory(people.enterprise_a, **changes)
    factories.assessment(made, people.enterprise_clerk_a, year=2024, aim="excellent", rank=3)
    with walls.system("test"):
        is_titled = Recognition.objects.filter(enterprise=people.enterprise_a, title="hubei_pilot").exists()
    if not is_titled:
        titles.of_a(people, title="hubei_pilot")
    return made


def begun(
    people: People, *, round_: Round | None = None, factory: Factory | None = None, by: Actor | None = None, **more: Any
) -> Application:
    """An application that was begun and filled in from what is on file."""
    by = by or people.enterprise_clerk_a
    return begun_by(by, round_ or rounds.current(people), factory or eligible_factory(people), **more)


def begun_by(by: Actor, round_: Round, factory: Factory, **more: Any) -> Application:
    """One for this factory in this round, filled in from what is on file."""
    with walls.enter(by):
        said = screening_answers(screening.section(round_.value))
        row = beginning.begin(round_, factory, answers=said, actor=by, **more)
        takeover.take_over(row, actor=by)
    return fresh(row)


def filled(people: People, by: Actor | None = None, **more: Any) -> Application:
    """One with everything in it that the check asks for."""
    by = by or people.enterprise_clerk_a
    row = begun(people, by=by, **more)
    fill(row, by)
    return fresh(row)


def fill(row: Application, by: Actor) -> None:
    """Write everything that is missing, and add what has to be attached."""
    with walls.enter(by):
        row = Application.objects.select_related("round__edition", "round__unit", "book", "factory", "enterprise").get(
            pk=row.pk
        )
        write(row, by)


def commitment(by: Actor, **changes: Any) -> Commitment:
    """Everything agreed to, in their own name."""
    said = {"name": by.person.name, "agreed": EVERY, "proved_by": "password"} | changes
    return Commitment(**said)


def submit(row: Application, by: Actor, version: int | None = None) -> Submission:
    """Hand it in as its administrator does."""
    with walls.enter(by):
        number = version or fresh(row).version + 1
        return submitting.submit(row, version=number, commitment=commitment(by), actor=by)


def submitted(people: People, **more: Any) -> Application:
    """One that was handed in."""
    row = filled(people, **more)
    submit(row, people.enterprise_admin_a)
    return fresh(row)


def save(row: Application, key: str, changes: dict[str, Any], by: Actor) -> None:
    """Write into a section, whatever its version."""
    with walls.enter(by):
        version = row.sections.get(key=key).version
        writing.save(row, key, changes, version=version, actor=by)


def book(round_: Round) -> BookForm:
    """The book in which the applications of a round are written."""
    with walls.system("test"):
        return book_for(round_)


def bare(people: People, round_: Round, state: str = "submitted") -> Application:
    """A row in a list, with nothing in it."""
    return bare_of(people, round_, factories.factory(people.enterprise_a), state)


def bare_of(people: People, round_: Round, factory: Factory, state: str = "submitted") -> Application:
    """The same for a factory of whichever enterprise."""
    with walls.system("test"):
        return Application.objects.create(
            ref=new_ref("SB"),
            number=f"HB-T-{factory.ref}",
            round=round_,
            factory=factory,
            book=book(round_),
            state=state,
            version=1,
            began_at=clock.now(),
            began_by=people.enterprise_clerk_a.person,
            **beginning.keys_of(factory),
        )


def applications_to_see() -> dict[str, Any]:
    """The demo's applications, and one that was taken back, changed and handed in again, as addresses name them."""
    here = Application.objects.filter(round__state=RoundState.ACCEPTING)
    rows = {row.factory.name: row for row in here.select_related("factory", "enterprise")}
    mended = rows["车身部件智能工厂"]
    admin = demo.admin_of(mended.enterprise)
    with walls.enter(admin):
        submitting.withdraw(mended, actor=admin)
    save(mended, "factory", {"project": "车身部件智能工厂升级项目", "investment": "15600"}, admin)
    submit(mended, admin)
    return {
        "draft": rows["精密传动部件智能工厂"].ref,
        "handed_in": rows["光谷传感器工厂"].ref,
        "returned": rows["猇亭精细化工工厂"].ref,
        "mended": mended.ref,
        "factory_to_apply": Factory.objects.get(name="二期精密加工工厂").ref,
    }


def form_fields(row: Application, section: str) -> set[str]:
    """What a section asks."""
    with walls.system("test"):
        return set(form_of(row).section(section).fields)


def complete_in_the_demo(name: str) -> str:
    """A new factory of the demo's 星桥 with an application that lacks nothing; the application's reference."""
    round_ = Round.objects.get(state=RoundState.ACCEPTING, unit__code="HB", tier="excellent")
    clerk = somebody("tianbao")
    made = factories.factory(Enterprise.objects.get(name__contains="星桥"), name=name)
    factories.assessment(made, clerk, year=round_.year, edition=round_.edition.code, aim="excellent", rank=3)
    row = begun_by(clerk, round_, made)
    fill(row, clerk)
    return row.ref
