"""Enterprises that have an application ready in one round: one made through the services, the others its likeness."""

import json
import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from applications import screening
from applications.demo.books import screening_answers
from applications.demo.seed import write
from applications.models import Application, ApplicationSection, Attachment, Number, Submission
from applications.services import beginning, submitting, takeover
from applications.services.submitting import COMMITMENTS, Commitment
from bench.world import seat
from portal import clock, walls
from portal.actors import Actor
from portal.models import Enterprise, Membership, Unit, User
from portal.roles import Role
from portal.selectors.people import hats
from portal.services.memberships import grant, post_at
from portal.sessions import SessionStore
from tiers.demo.answers import made_up
from tiers.models import AssessmentSection, Edition, Factory, Recognition, Round, SelfAssessment
from tiers.selectors.rounds import programmes
from tiers.services import assessments, catalogue, recognitions, round_effects, rounds
from tiers.services.factories import sought

PASSWORD = "Rush-Hour-2024"  # noqa: S105
_DIRECTOR = Actor(system="bench")
_BEGAN = date(2021, 3, 1)


@dataclass(frozen=True)
class Applicant:
    """Somebody who answers for an enterprise, signed in, with the application that is theirs."""

    user: int
    name: str
    session: str
    application: int
    ref: str


def open_round(officer: Actor, head: Actor) -> Round:
    """Hubei's round of 卓越级, open since a week ago."""
    catalogue.load(actor=_DIRECTOR)
    opened = clock.beijing(clock.now()).date() - timedelta(days=7)
    chosen = next(found for found in programmes() if found.code == "2024-excellent-HB")
    with walls.enter(officer):
        unit, edition = Unit.objects.get(pk=officer.stands("unit")), Edition.objects.get(code="2024")
        said = {"unit": unit, "edition": edition, "year": opened.year, "batch": 1, "opens_on": opened}
        made = rounds.create(chosen, **said, actor=officer)
    with walls.enter(head):
        rounds.publish(made, actor=head, at=clock.now() - timedelta(days=8))
    with walls.system("bench"):
        round_effects.advance(made, clock.now())
        return Round.objects.select_related("unit", "edition").get(pk=made.pk)


def officials() -> tuple[Actor, Actor]:
    """Who opens the round."""
    office = "湖北省经济和信息化厅"
    return seat(Role.UNIT_OFFICER, office=office), seat(Role.UNIT_HEAD, office=office)


@cache
def one() -> Applicant:
    """One who is ready, in a round of their own; the same for everybody who asks."""
    officer, head = officials()
    (applicant,) = ready(open_round(officer, head), officer, 1)
    return applicant


def handed_in(applicant: Applicant) -> Submission:
    """What they handed in; it is handed in now if it isn't yet."""
    with walls.system("bench"):
        user = User.objects.get(pk=applicant.user)
        (hat,) = hats(user)
        row = Application.objects.get(pk=applicant.application)
        if done := row.submissions.first():
            return done
    actor = Actor(user=user, membership=hat)
    vouched = Commitment(user.name, frozenset(code for code, _, _ in COMMITMENTS), "password")
    with walls.enter(actor):
        return submitting.submit(row, version=1, commitment=vouched, actor=actor)


def ready(round_: Round, officer: Actor, count: int) -> list[Applicant]:
    """So many enterprises with everything written that the check asks for, and their administrators signed in."""
    with walls.system("bench"):
        chosen = Enterprise.objects.filter(unit_id=round_.unit_id, branch_of_code="", group=None)
        keys = list(chosen.order_by("code").values_list("pk", flat=True)[:count])
        Enterprise.objects.filter(pk__in=keys).update(is_above_scale=True, nature="private")
        owners = list(Enterprise.objects.filter(pk__in=keys).order_by("pk"))
    model = _model(round_, owners[0], officer)
    with walls.system("bench"):
        users = _likenesses(model, owners[1:])
        rows = Application.objects.filter(round=round_).order_by("pk")
        return [_signed_in(user, row) for user, row in zip([model.began_by, *users], rows, strict=True)]


def _model(round_: Round, of: Enterprise, officer: Actor) -> Application:
    """The one that goes the whole way through the services."""
    with walls.system("bench"):
        user = User.objects.create_user("rush0@bench.example", "申报人0", PASSWORD)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        grant(user, post_at(Role.ENTERPRISE_ADMIN, enterprise=of), actor=_DIRECTOR)
        (hat,) = hats(user)
        factory = _factory(0, of)
        factory.save()
    by = Actor(user=user, membership=hat)
    _assess(factory, round_, by)
    with walls.enter(officer):
        recognitions.add(officer, _title(of))
    with walls.enter(by):
        said = screening_answers(screening.section(round_.value))
        row = beginning.begin(round_, factory, answers=said, actor=by)
        takeover.take_over(row, actor=by)
        write(row, by)
    return row


def _factory(number: int, of: Enterprise) -> Factory:
    name = f"申报工厂{number:05d}"
    return Factory(
        ref=f"GC-R{number:07d}", name=name, region_id=of.region_id, address=of.address, industry_id=of.industry_id,
        started_on=_BEGAN, created_at=clock.now(), enterprise=of, unit_id=of.unit_id, city_id=of.city_id,
        sought=sought(name, of),
    )  # fmt: skip


def _assess(factory: Factory, round_: Round, by: Actor) -> None:
    answers = made_up(round_.edition.value, 3, random.Random("rush"), "excellent")  # noqa: S311
    with walls.enter(by):
        said = {"edition": round_.edition, "year": round_.year, "aim": "excellent", "name": "方案一"}
        row = assessments.begin(factory, **said, actor=by)
        for key in answers.keys() & set(row.sections.values_list("key", flat=True)):
            assessments.save(row, key, answers[key], version=0, actor=by)


def _title(of: Enterprise) -> dict[str, Any]:
    return {
        "code": of.code, "name": of.name, "project": "", "title": "hubei_pilot", "year": 2023, "batch": 1,
        "document": "鄂经信〔2023〕1号", "selection_year": None, "passed_acceptance": None,
    }  # fmt: skip


# -- the others ------------------------------------------------------------------------------------------------------
def _likenesses(model: Application, owners: list[Enterprise]) -> list[User]:
    """For each of these enterprises what the model's has, under its own name."""
    users = User.objects.bulk_create(_user(model.began_by, number) for number, _ in enumerate(owners, 1))
    made = {u.pk: u for u in users}
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    hat = Membership.objects.get(user=model.began_by)
    for_each = list(zip(users, owners, strict=True))
    Membership.objects.bulk_create(copied(hat, of, user_id=user.pk) for user, of in for_each)
    factories = Factory.objects.bulk_create(_factory(number, of) for number, (_, of) in enumerate(for_each, 1))
    Factory.objects.filter(pk__in=[f.pk for f in factories]).update(reached_tier=model.factory.reached_tier)
    title = Recognition.objects.get(enterprise_id=model.enterprise_id, title="hubei_pilot")
    Recognition.objects.bulk_create(
        copied(title, of, ref=f"RY-R{number:07d}", code=of.code, name=of.name) for number, of in enumerate(owners, 1)
    )
    _assessments(model, factories)
    _applications(model, owners, users, factories)
    return list(made.values())


def _user(model: User, number: int) -> User:
    return User(email=f"rush{number}@bench.example", name=f"申报人{number}", password=model.password)


def copied(row: Any, of: Enterprise, **changes: Any) -> Any:
    """A new row like another, behind another enterprise's walls."""
    same = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    keys = {"unit_id": of.unit_id, "city_id": of.city_id, "enterprise_id": of.pk}
    return type(row)(**same | {key: value for key, value in keys.items() if key in same} | changes)


def _assessments(model: Application, factories: list[Factory]) -> None:
    first = SelfAssessment.objects.get(factory=model.factory)
    sections = list(first.sections.all())
    rows = SelfAssessment.objects.bulk_create(
        copied(first, f.enterprise, factory_id=f.pk, ref=f"ZP-R{number:07d}") for number, f in enumerate(factories, 1)
    )
    AssessmentSection.objects.bulk_create(
        copied(section, f.enterprise, assessment_id=row.pk)
        for row, f in zip(rows, factories, strict=True)
        for section in sections
    )


def _applications(model: Application, owners: list[Enterprise], users: list[User], factories: list[Factory]) -> None:
    model = Application.objects.select_related("enterprise", "factory").get(pk=model.pk)
    sections, files = list(model.sections.all()), list(model.files.all())
    rows = Application.objects.bulk_create(
        copied(model, of, ref=f"SB-R{number:07d}", factory_id=factory.pk, began_by_id=user.pk)
        for number, (of, user, factory) in enumerate(zip(owners, users, factories, strict=True), 1)
    )
    Number.objects.bulk_create(Number(round_id=model.round_id, value=place) for place in range(2, len(rows) + 2))
    ApplicationSection.objects.bulk_create(
        _said_by(model, section, row, factory)
        for row, factory in zip(rows, factories, strict=True)
        for section in sections
    )
    Attachment.objects.bulk_create(
        copied(file, of, application_id=row.pk, uploaded_by_id=row.began_by_id)
        for row, of in zip(rows, owners, strict=True)
        for file in files
    )


def _said_by(model: Application, section: ApplicationSection, row: Application, factory: Factory) -> ApplicationSection:
    """The model's answers under the other's names."""
    of, before = factory.enterprise, model.enterprise
    names = {before.name: of.name, before.code: of.code, before.address: of.address}
    names |= {model.factory.name: factory.name, before.contact_email: of.contact_email}
    text = json.dumps([section.answers, section.taken], ensure_ascii=False)
    for old, new in names.items():
        text = text.replace(old, new)
    answers, taken = json.loads(text)
    if "industry" in answers:
        answers["industry"] = of.industry_id
    said = {"application_id": row.pk, "answers": answers, "taken": taken, "saved_by_id": row.began_by_id}
    return copied(section, of, **said)


def _signed_in(user: User, row: Application) -> Applicant:
    """A session as signing in would leave it; signing in itself is not what is measured."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["began"] = session["seen"] = clock.now().timestamp()
    session.save()
    return Applicant(user.pk, user.name, str(session.session_key), row.pk, row.ref)
