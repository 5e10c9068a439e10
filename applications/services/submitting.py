"""Handing an application in: everything frozen at once, with a number, a version and a digest; and taking it back."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from applications import screening
from applications.models import Application, Number, Submission
from applications.selectors.papers import SCREENING, Check, Paper, check, paper, recommender
from applications.services.beginning import keys_of
from applications.services.course import note, tell_followers
from applications.services.locking import lock
from applications.services.notices import submitted, withdrawn
from portal import clock
from portal.actors import Actor
from portal.declared import canonical
from portal.errors import Denied, Refused
from portal.rules import may
from portal.workflow import move
from tiers.selectors.books import book_for
from tiers.terms import TIERS

# What an enterprise commits itself to (82号 二(一)8, 二(二)1; 399号 二(一)3, 二(二)1).
COMMITMENTS = (
    ("truth", "申报材料内容真实、准确、完整，所附文件与原件一致，并对其真实性负责。", "82号 二(二)1；399号 二(二)1"),
    ("secrecy", "申报材料不涉及国家秘密、商业秘密。", "399号 二(二)1"),
    ("willing", "愿意配合开展现场核查、技术推广和典型案例交流等工作。", "82号 二(一)8；399号 二(一)3"),
)


@dataclass(frozen=True)
class Commitment:
    """Who commits the enterprise: the name typed, the commitments ticked, and how they proved who they are."""

    name: str
    agreed: frozenset[str]
    proved_by: str


def submit(application: Application, *, version: int, commitment: Commitment, actor: Actor) -> Submission:
    """Hand in the next version. Asked twice for the same version, it answers with the same submission.

    Raises Denied, Refused with every reason: too late, not committed, conditions or points of the check open.
    """
    if not may(actor, "application.submit", application):
        raise Denied("application.submit")
    with transaction.atomic():
        row = lock(application)
        if standing := row.submissions.filter(version=version).first():
            return standing
        if version != row.version + 1:
            raise Refused("页面已不是最新，请刷新后再提交。")
        now = clock.now()
        what = paper(row)
        looked = check(what, now)
        row.number = row.number or _take_number(row)
        document = frozen(what, looked, _said(commitment, actor, now), at=now, version=version, actor=actor)
        made = _handed_in(row, document, looked, _agreed(commitment, actor), actor, now)
        action = "提交申报" if version == 1 else f"重新提交（第{version}版）"
        note(made.application, action, actor=actor, at=now, version=version)
        submitted(made)
    return made


def _take_number(row: Application) -> str:
    """The lowest number that nobody holds: whoever submits at the same time takes the next, and nobody waits."""
    free = Number.objects.select_for_update(skip_locked=True).filter(round_id=row.round_id, is_taken=False)
    number = free.order_by("value").first()
    if number is None:
        raise RuntimeError(f"no number left in {row.round}")
    Number.objects.filter(pk=number.pk).update(is_taken=True)
    letter, _ = TIERS[row.round.tier]
    batch = f"{row.round.batch}" if row.round.batch > 1 else ""
    return f"{row.round.unit.code}-{row.round.year}-{letter}{batch}-{number.value:04d}"


def _agreed(commitment: Commitment, actor: Actor) -> str:
    """The name under which every commitment was made; empty when one is missing, or the name is another's."""
    is_whole = commitment.agreed >= {code for code, _, _ in COMMITMENTS} and bool(commitment.proved_by)
    return actor.person.name if is_whole and commitment.name.strip() == actor.person.name else ""


def _said(commitment: Commitment, actor: Actor, at: datetime) -> dict[str, Any]:
    return {
        "texts": [text for _, text, _ in COMMITMENTS],
        "by": actor.person.name,
        "role": actor.role_label,
        "at": at.isoformat(),
        "proved_by": commitment.proved_by,
    }


def frozen(
    what: Paper, looked: Check, commitment: dict[str, Any], *, at: datetime, version: int, actor: Actor
) -> dict[str, Any]:
    """Everything that is handed in, as one document: paper, review and exports are made from it alone."""
    row = what.application
    return {
        "ref": row.ref,
        "number": row.number,
        "version": version,
        "track": row.track,
        "round": _round(row),
        "enterprise": _enterprise(row),
        "factory": _factory(row),
        "edition": _revision(row.round.edition),
        "form": _revision(row.book),
        "terms": row.terms_digest,
        "sections": {s.key: dict(what.answers.get(s.key, {})) for s in what.form.sections},
        "files": _files(what),
        "screening": screening.as_document(looked.lines),
        "screening_answers": dict(what.answers.get(SCREENING, {})),
        "commitment": commitment,
        "submitted_at": at.isoformat(),
        "submitted_by": actor.person.name,
    }


def _revision(row: Any) -> dict[str, Any]:
    return {"code": row.code, "revision": row.revision, "digest": row.digest}


def _round(row: Application) -> dict[str, Any]:
    round_ = row.round
    unit = {"code": round_.unit.code, "name": round_.unit.name, "office": recommender(round_.unit)}
    return {"ref": round_.ref, "name": round_.name, "tier": round_.tier, "year": round_.year, "unit": unit}


def _enterprise(row: Application) -> dict[str, Any]:
    enterprise = row.enterprise
    return {
        "name": enterprise.name,
        "code": enterprise.code,
        "address": enterprise.address,
        "region": enterprise.region.name,
        "industry": str(enterprise.industry),
        "nature": enterprise.get_nature_display(),
        "is_above_scale": enterprise.is_above_scale,
        "is_central": enterprise.is_central,
        "is_branch": enterprise.is_branch,
        "city": row.city.region.name if row.city else "",
        "unit": row.round.unit.name,
    }


def _factory(row: Application) -> dict[str, Any]:
    factory = row.factory
    return {
        "ref": factory.ref,
        "name": factory.name,
        "region": factory.region.name,
        "address": factory.address,
        "industry": str(factory.industry),
    }


def _files(what: Paper) -> dict[str, Any]:
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for field, files in what.handed_in.items():
        for file in files:
            said = {"id": file.pk, "name": file.name, "size": file.size}
            said |= {"media_type": file.media_type, "digest": file.digest}
            found.setdefault(file.section, {}).setdefault(field, []).append(said)
    return found


def _handed_in(
    row: Application, document: dict[str, Any], looked: Check, agreed: str, actor: Actor, at: datetime
) -> Submission:
    digest = hashlib.sha256(canonical(document).encode()).hexdigest()
    version: int = document["version"]
    moved = move(
        row,
        "submit",
        actor=actor,
        at=at,
        changes={"number": row.number, "version": version, "correct_until": None},
        version=version,
        digest=digest,
        commitment=agreed,
        ineligible=looked.ineligible,
        unfinished=looked.unfinished,
        newest=book_for(row.round).pk,
    )
    return Submission.objects.create(
        application=moved,
        number=row.number,
        version=version,
        project=str(document["sections"].get("factory", {}).get("project", ""))[:200],
        document=document,
        digest=digest,
        submitted_at=at,
        submitted_by=actor.person,
        **keys_of(row),
    )


def withdraw(application: Application, *, actor: Actor) -> Application:
    """Take back what was submitted, to change it and submit again while the window is open. Raises Denied, Refused."""
    with transaction.atomic():
        row = move(application, "withdraw", actor=actor)
        note(row, "撤回申报", actor=actor, at=clock.now())
        tell_followers(row, "企业撤回")
        withdrawn(row)
    return row
