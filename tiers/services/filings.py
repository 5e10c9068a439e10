"""基础级备案: an enterprise files a factory that it built and assessed itself, its city decides (399号 一(一))."""

import hashlib
from typing import Any

from django.db import IntegrityError, transaction

from portal import audit, clock
from portal.actors import Actor
from portal.declared import canonical
from portal.errors import Denied, Refused
from portal.models import Enterprise, Membership
from portal.references import new_ref
from portal.roles import Role
from portal.rules import may
from portal.services import mail
from portal.states import MembershipState
from portal.workflow import move
from tiers.models import Filing, SelfAssessment
from tiers.selectors.assessments import Paper, paper
from tiers.services import recognitions
from tiers.services.assessments import lock
from tiers.states import FilingState

TIER = "basic"


def obstacles(what: Paper) -> list[str]:
    """What stands in the way of filing: every unmet point of the 基础级; empty when it may be filed."""
    standing = what.verdict.standings[0]
    return [finding.sentence for finding in standing.unmet]


def file(assessment: SelfAssessment, *, is_true: bool, actor: Actor) -> Filing:
    """File an assessment with the city, as it stands now. `is_true`: they vouch for what it says.

    Raises Denied, Refused (not committed, conditions not met, one stands already this year).
    """
    if not may(actor, "filing.file", assessment):
        raise Denied("filing.file")
    if not is_true:
        raise Refused("请先勾选真实性承诺。")
    with transaction.atomic():
        row = lock(assessment)
        what = paper(row)
        if reasons := obstacles(what):
            raise Refused("对照基础级要素条件，尚有未满足项，不能提交备案。", *reasons)
        document = _document(what)
        filing = _store(row, document, actor)
        audit.record("filing.file", filing, actor, digest=filing.digest, assessment=row.ref)
    return filing


def _store(row: SelfAssessment, document: dict[str, Any], actor: Actor) -> Filing:
    try:
        with transaction.atomic():
            return Filing.objects.create(
                ref=new_ref("BA"),
                factory=row.factory,
                assessment=row,
                year=row.year,
                document=document,
                digest=digest_of(document),
                filed_at=clock.now(),
                filed_by=actor.person,
                unit_id=row.unit_id,
                city_id=row.city_id,
                enterprise_id=row.enterprise_id,
            )
    except IntegrityError as error:
        if "filing_one_standing" not in str(error):
            raise
        standing = Filing.objects.get(
            factory=row.factory, year=row.year, state__in=[FilingState.FILED, FilingState.CONFIRMED]
        )
        raise Refused(
            f"该工厂{row.year}年度已提交备案（{standing.ref}），状态为“{standing.get_state_display()}”，无需重复提交。"
        ) from error


def _document(what: Paper) -> dict[str, Any]:
    """What is filed, whole: facts, answers, evidence by digest, and the verdict, as they stand."""
    row, factory = what.assessment, what.assessment.factory
    enterprise = Enterprise.objects.select_related("industry").get(pk=row.enterprise_id)
    held = {
        field: [{"name": f.name, "digest": f.digest, "pk": f.pk} for f in files] for field, files in what.files.items()
    }
    return {
        "enterprise": {"name": enterprise.name, "code": enterprise.code},
        "factory": {
            "ref": factory.ref,
            "name": factory.name,
            "region": factory.region.name,
            "address": factory.address,
            "industry": str(factory.industry),
            "started_on": factory.started_on.isoformat(),
        },
        "assessment": row.ref,
        "edition": row.edition.code,
        "revision": row.edition.revision,
        "sections": {key: dict(values) for key, values in what.sections.items()},
        "files": held,
        "reached": what.verdict.reached.code if what.verdict.reached else "",
    }


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 of what was filed, in canonical form."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def confirm(filing: Filing, *, actor: Actor) -> Filing:
    """Confirm a filing: the factory is a 基础级 one. Raises Denied, Refused."""
    with transaction.atomic():
        changes = {"decided_at": clock.now(), "decided_by": actor.user}
        row = move(filing, "confirm", actor=actor, changes=changes)
        recognitions.grant(row.factory, title=TIER, year=row.year, actor=actor)
        _tell(row, "filing_confirmed")
    return row


def send_back(filing: Filing, *, reason: str, actor: Actor) -> Filing:
    """Return a filing with a reason that the enterprise reads; it may be filed again. Raises Denied, Refused."""
    with transaction.atomic():
        changes = {"decided_at": clock.now(), "decided_by": actor.user, "reason": reason.strip()}
        row = move(filing, "return", actor=actor, changes=changes, reason=reason)
        _tell(row, "filing_returned")
    return row


def withdraw(filing: Filing, *, actor: Actor) -> Filing:
    """Take one's own filing back before it is decided. Raises Denied, Refused."""
    return move(filing, "withdraw", actor=actor, changes={"decided_at": clock.now(), "decided_by": actor.user})


def _tell(filing: Filing, template: str) -> None:
    """Write to whoever filed, if they still stand for the enterprise; else to its administrators."""
    people = Membership.objects.filter(
        enterprise_id=filing.enterprise_id, state=MembershipState.ACTIVE, user__is_active=True
    ).select_related("user")
    addressees = people.filter(user_id=filing.filed_by_id) or people.filter(role=Role.ENTERPRISE_ADMIN)
    for email in {person.user.email for person in addressees}:
        mail.write(email, template, filing=filing, factory=filing.factory)
