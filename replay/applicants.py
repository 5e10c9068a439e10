"""An enterprise's way, each step by its own people: registered, factory opened and graded, book written, handed in."""

import io
from dataclasses import dataclass
from typing import Any

from applications import screening
from applications.models import Application, Submission
from applications.selectors.papers import paper
from applications.services import beginning, files, submitting, takeover, writing
from applications.services.submitting import COMMITMENTS, Commitment
from applications.services.writing import TooLate
from portal import walls
from portal.actors import Actor
from portal.declared import Kind
from portal.models import Industry, Region, Registration
from portal.services.registration import confirm, register
from replay import attachments
from replay.dossiers import Dossier
from replay.people import account, under_their_hat
from tiers.assessment_form import BASICS, EFFECTS, INDICATORS, MATURITY, SCENARIOS
from tiers.eligibility import ACCIDENTS
from tiers.models import Factory, Round
from tiers.selectors.rounds import editions
from tiers.services import assessments, factories, recognitions

_EVERY = frozenset(code for code, _, _ in COMMITMENTS)
_UNIT = ("code", "name", "address", "nature", "legal_representative")


@dataclass
class Applicant:
    """A dossier, with who acts for it and what became of it so far."""

    dossier: Dossier
    actor: Actor
    factory: Factory
    application_key: int = 0

    @property
    def row(self) -> Application:
        """The application as it stands."""
        with walls.system("演练：查看申报"):
            rows = Application.objects.select_related(
                "round__unit", "round__edition", "book", "factory", "enterprise", "city__region"
            )
            return rows.get(pk=self.application_key)

    @property
    def submission(self) -> Submission:
        """The version that stands."""
        with walls.system("演练：查看申报"):
            row = self.row
            return Submission.objects.select_related("application").get(application=row, version=row.version)


# -- on the register -------------------------------------------------------------------------------------------------
def registered(dossier: Dossier) -> Registration:
    """Somebody of the enterprise asks to act for it."""
    user = account(f"qiye.{dossier.name}", dossier.said("unit", "contact"))
    with walls.enter(Actor(user=user)):
        return register(Actor(user=user), _facts(dossier))


def _facts(dossier: Dossier) -> dict[str, Any]:
    said = {name: dossier.said("unit", name) for name in _UNIT}
    return said | {
        "region": Region.objects.get(code=dossier.region),
        "industry": Industry.objects.get(code=dossier.said("unit", "industry")),
        "is_above_scale": dossier.said("unit", "is_above_scale") == "yes",
        "group": None,
        "branch_of_code": "",
        "branch_of_name": "",
        "contact_name": dossier.said("unit", "contact"),
        "contact_phone": dossier.said("unit", "phone"),
        "contact_email": dossier.said("unit", "email"),
    }


def confirmed(registration: Registration, dossier: Dossier, by: Actor) -> Applicant:
    """Its city confirms; then its factory goes on the register."""
    with walls.enter(by):
        confirm(registration, actor=by)
    with walls.system("演练：企业人员"):
        actor = under_their_hat(registration.user)
    with walls.enter(actor):
        region = Region.objects.get(code=dossier.region)
        facts = {
            "name": dossier.said("factory", "factory_name"),
            "region": region,
            "address": dossier.said("factory", "factory_address"),
            "industry": Industry.objects.get(code=dossier.said("unit", "industry")),
            "started_on": dossier.day("factory", "started_on"),
        }
        return Applicant(dossier, actor, factories.open_factory(facts, actor=actor))


def entitled(dossier: Dossier, by: Actor) -> None:
    """The province puts on record the title that its notice asks for (82号 二(一)2)."""
    with walls.enter(by):
        facts = {
            "code": dossier.said("unit", "code"), "name": dossier.enterprise, "project": "", "title": "hubei_pilot",
            "year": int(dossier.title["year"]), "batch": 1, "document": dossier.title["document"],
            "selection_year": None, "passed_acceptance": None,
        }  # fmt: skip
        recognitions.add(by, facts)


def assessed(who: Applicant) -> Any:
    """The factory grades itself against the conditions, out of the same dossier."""
    edition, year = _edition(), who.dossier.day("factory", "maturity.date").year
    with walls.enter(who.actor):
        begun = {"edition": edition, "year": year, "aim": "excellent", "name": "方案一"}
        row = assessments.begin(who.factory, **begun, actor=who.actor)
        versions = dict(row.sections.values_list("key", "version"))
        for key, said in _assessment(who.dossier, edition.value).items():
            assessments.save(row, key, said, version=versions[key], actor=who.actor)
        row.refresh_from_db()
    return row


def _edition() -> Any:
    return editions().get(code="2024")


def _assessment(dossier: Dossier, edition: Any) -> dict[str, dict[str, Any]]:
    """The sections of a self-assessment; what is not named in the dossier is wholly met."""
    effects = dossier.answers["effects"]
    figures = {key: value for key, value in effects.items() if "." in key}
    rows = {
        key: {name: cells[name] for name in ("area", "name", "instance", "ai")} | {"note": ""}
        for key, cells in dossier.answers["scenarios"].items()
        if isinstance(cells, dict) and key.startswith(SCENARIOS)
    }
    maturity = {
        key.removeprefix("maturity."): value
        for key, value in dossier.answers["factory"].items()
        if key.startswith("maturity.")
    }
    found: dict[str, dict[str, Any]] = {
        BASICS: {f"{basic.code}.met": "yes" for basic in edition.basics if not basic.gate},
        MATURITY: maturity,
        SCENARIOS: rows,
        INDICATORS: figures,
    }
    top = edition.tier("excellent").rank
    for tier in edition.tiers:
        for element in tier.elements if tier.rank <= top else ():
            key = f"{element.code}.grade"
            found.setdefault(element.area or EFFECTS, {})[key] = dossier.grades.get(key, "1")
    return found


# -- the application -------------------------------------------------------------------------------------------------
def begin(who: Applicant, round_: Round) -> None:
    """The conditions are looked over, and an application is there to be written."""
    with walls.enter(who.actor):
        row = beginning.begin(round_, who.factory, answers=_conditions(round_), actor=who.actor)
        takeover.take_over(row, actor=who.actor)
    who.application_key = row.pk


def _conditions(round_: Round) -> dict[str, str]:
    """What everybody here can say of the conditions that they are asked about: met, and no accidents."""
    asked = [field for field in screening.section(round_.value).fields.values() if field.kind is Kind.YES_NO]
    return {field.key: "no" if field.key.rpartition(".")[2] in ACCIDENTS else "yes" for field in asked}


def write(who: Applicant) -> None:
    """Every section as the dossier has it, and the files that come with it."""
    with walls.enter(who.actor):
        row = who.row
        for key, said in who.dossier.answers.items():
            save(who, row, key, said)
        for field, name, content in attachments.attached(who.dossier):
            files.add(row, field, io.BytesIO(content), name, actor=who.actor)


def save(who: Applicant, row: Application, key: str, said: Any) -> None:
    """One section; rows that were taken over and are not the dossier's own are taken out."""
    held = paper(row)
    tables = [asked.key for asked in held.form.section(key).fields.values() if asked.kind is Kind.ROWS]
    spare = {name: None for name in held.answers[key] if name.partition("[")[0] in tables and name not in said}
    writing.save(row, key, {**spare, **said}, version=held.rows[key].version, actor=who.actor)


def handed_in(who: Applicant, *, version: int = 1) -> Submission:
    """The administrator vouches for it, and hands it in."""
    vouched = Commitment(who.actor.person.name, _EVERY, "password")
    with walls.enter(who.actor):
        return submitting.submit(who.row, version=version, commitment=vouched, actor=who.actor)


def too_late(who: Applicant, section: str, said: dict[str, Any]) -> str:
    """What is typed after the window: refused, and kept aside as the enterprise's own; the reason. Raises Unrefused."""
    with walls.enter(who.actor):
        row = who.row
        try:
            save(who, row, section, said)
        except TooLate as refusal:
            reason = refusal.reasons[0]
        else:
            raise Unrefused(row.ref)
        writing.keep_late(row, section, said, reason=reason, actor=who.actor)
    return reason


class Unrefused(Exception):
    """What had to be refused was not."""
