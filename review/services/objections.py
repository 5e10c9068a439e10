"""Objections to a publicity: lodged in one's own name, taken up or refused, decided; who objected stays hidden."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from applications.services.beginning import keys_of
from portal import audit, clock, walls
from portal.actors import Actor
from portal.credit_code import credit_code_error, normalised
from portal.errors import Denied, Refused
from portal.papers import new_code, read_code
from portal.references import new_ref
from portal.rules import may
from portal.services import stored
from portal.uploads import MB, Allowed, Upload, examined
from portal.workflow import locked, move
from review.models import Asked, Candidate, Objection, ObjectionFile, ObjectionNotice, Publicity
from review.selectors.publicity import Run, run_of
from review.services import choosing
from review.services import results_told as told
from review.states import ObjectionState
from tiers.models import Factory, Recommendation
from tiers.rounds import said
from tiers.services.recommendations import withdraw_recommendation

FOLDER = "objection-files"
# A visitor's files come with the form, which takes no more (settings.DATA_UPLOAD_MAX_MEMORY_SIZE).
ALLOWED = Allowed(("pdf", "jpg", "png"), 2 * MB)
ALLOWED_ON_PAPER = Allowed(("pdf", "jpg", "png"), 20 * MB)
MOST_FILES = 5
LEAST_FACTS = 10
NAMELESS = frozenset({"匿名", "无名", "佚名", "不具名", "群众", "知情人", "无"})


@dataclass(frozen=True)
class Said:
    """What an objector says: about which line of the list, who they are, how they are reached, what happened.

    `code` and `person` belong to an organisation: its credit code, and whoever speaks for it.
    """

    about: str
    name: str
    facts: str
    phone: str = ""
    email: str = ""
    is_organisation: bool = False
    code: str = ""
    person: str = ""


# -- lodging -------------------------------------------------------------------------------------------------------
def lodge(publicity: Publicity, said_: Said, files: Iterable[tuple[Any, str]] = ()) -> tuple[Objection, str]:
    """Take in an objection from whoever is at the page; the objection, and the code with which to ask how it stands.

    Raises Refused: not running, anonymous, without facts, files that can't be taken.
    """
    uploads = _checked(publicity, said_, files, ALLOWED)
    with walls.system("收到公示异议"):
        row, code = _kept(publicity, said_, uploads, None)
        audit.record("objection.lodge", row, files=len(uploads))
        told.lodged(row)
        told.to_objector(row, f"您的异议已收到，编号{row.ref}。")
    return row, code


def record(
    publicity: Publicity, said_: Said, files: Iterable[tuple[Any, str]] = (), *, actor: Actor
) -> tuple[Objection, str]:
    """Put one on record that came in writing while the publicity ran. Raises Denied, Refused."""
    if not may(actor, "objection.record", publicity):
        raise Denied("objection.record")
    uploads = _checked(publicity, said_, files, ALLOWED_ON_PAPER)
    with transaction.atomic():
        row, code = _kept(publicity, said_, uploads, actor)
        audit.record("objection.record", row, actor, files=len(uploads))
    return row, code


def _checked(publicity: Publicity, said_: Said, files: Iterable[tuple[Any, str]], allowed: Allowed) -> list[Upload]:
    """The files, looked through. Raises Refused with everything that is wrong."""
    reasons = anonymous_reasons(publicity, said_)
    if run_of(publicity, clock.now()) is not Run.RUNNING:
        reasons.append("该公示不在进行中，不能提出异议。")
    if said_.about not in {line["factory"] for line in publicity.rows}:
        reasons.append("请选择异议所涉的单位和项目。")
    if len(said_.facts.strip()) < LEAST_FACTS:
        reasons.append(f"没有具体事实的异议不予受理（{_clause(publicity)}）：请写明事实、理由和依据。")
    chosen = list(files)
    if len(chosen) > MOST_FILES:
        reasons.append(f"证明材料最多{MOST_FILES}个文件。")
    if reasons:
        raise Refused(*reasons)
    return [examined(stream, name, allowed=allowed) for stream, name in chosen]


def anonymous_reasons(publicity: Publicity, said_: Said) -> list[str]:
    """Why an objection is not in somebody's own name, with the rule that says so."""
    reasons, name = [], said_.name.strip()
    if name in NAMELESS or len(name) < 2 or not (said_.phone.strip() or said_.email.strip()):
        reasons.append(
            f"匿名异议不予受理（{_clause(publicity)}）：请填写真实姓名（单位填写全称），并至少留下联系电话或电子邮箱之一。"
            "您的身份依法保密，不向被反映单位透露。"
        )
    if said_.is_organisation and credit_code_error(normalised(said_.code)):
        reasons.append("以单位名义提出的，请填写正确的统一社会信用代码。")
    if said_.is_organisation and not said_.person.strip():
        reasons.append("以单位名义提出的，请填写单位联系人。")
    return reasons


def _clause(publicity: Publicity) -> str:
    return f"本公示第二段；公示依据：{publicity.round.value.publicity_clause}"


def _kept(publicity: Publicity, said_: Said, uploads: list[Upload], actor: Actor | None) -> tuple[Objection, str]:
    line = next(line for line in publicity.rows if line["factory"] == said_.about)
    code, now = new_code(), clock.now()
    row = Objection.objects.create(
        ref=new_ref("YY"), secret=_secret(code), unit_id=publicity.unit_id, publicity=publicity,
        factory=Factory.objects.get(ref=said_.about), about=f"{line['name']}（{line['project']}）",
        name=said_.name.strip(), code=normalised(said_.code) if said_.is_organisation else "",
        person=said_.person.strip() if said_.is_organisation else "", phone=said_.phone.strip(),
        email=said_.email.strip(), facts=said_.facts.strip(), lodged_at=now,
        received_by=actor.person if actor else None,
    )  # fmt: skip
    for upload in uploads:
        path = default_storage.save(f"{FOLDER}/{row.ref}/{uuid.uuid4().hex}.{upload.extension}", upload.opened())
        ObjectionFile.objects.create(
            unit_id=row.unit_id, objection=row, section="objection", field="evidence", name=upload.name,
            media_type=upload.media_type, size=upload.size, digest=upload.digest, stored=path, uploaded_at=now,
            uploaded_by=actor.person if actor else None,
        )  # fmt: skip
    return row, code


def _secret(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def looked_up(ref: str, typed: str) -> Objection | None:
    """How an objection stands, for whoever has its code; None when they don't fit, whichever of the two it is."""
    code = read_code(typed)
    if code is None:
        return None
    with walls.system("异议人查询办理情况"):
        rows = Objection.objects.filter(ref=ref.strip().upper(), secret=_secret(code)).select_related("publicity__unit")
        return rows.first()


# -- handling ------------------------------------------------------------------------------------------------------
def accept(objection: Objection, *, due_at: datetime, actor: Actor) -> Objection:
    """Take it up: whoever does has it, by when it is to be decided. Raises Denied, Refused."""
    changes = {"handler": actor.person, "due_at": due_at}
    with transaction.atomic():
        row = move(objection, "accept", actor=actor, changes=changes, due_at=due_at)
        told.to_objector(row, f"您的异议（{row.ref}）已受理，将于{said(due_at)}前办结。")
    return row


def refuse(objection: Objection, *, reason: str, actor: Actor) -> Objection:
    """Not to be taken up, with the reason that the objector reads. Raises Denied, Refused."""
    words = reason.strip()[:500]
    changes = {"reason": words, "decided_at": clock.now(), "decided_by": actor.person}
    with transaction.atomic():
        row = move(objection, "refuse", actor=actor, changes=changes, reason=words)
        told.to_objector(row, f"您的异议（{row.ref}）不予受理。理由：{words}")
    return row


def ask(objection: Objection, *, text: str, due_at: datetime, actor: Actor) -> ObjectionNotice:
    """Ask the enterprise, once, in the office's own words. Raises Denied, Refused: it names who objected."""
    if not may(actor, "objection.ask", objection):
        raise Denied("objection.ask")
    words, now = text.strip(), clock.now()
    with locked(objection) as row:
        reasons = _not_askable(row, words, due_at, now)
        if reasons:
            raise Refused(*reasons)
        factory = row.factory
        notice = ObjectionNotice.objects.create(
            ref=new_ref("HS"), round=row.publicity.round, factory=factory, text=words, due_at=due_at, at=now,
            by=actor.person, **keys_of(factory),
        )  # fmt: skip
        Asked.objects.create(unit_id=row.unit_id, objection=row, notice=notice)
        audit.record("objection.ask", row, actor, until=due_at)
        told.enterprise_asked(notice)
    return notice


def _not_askable(row: Objection, words: str, due_at: datetime, now: datetime) -> list[str]:
    found = []
    if row.state != ObjectionState.HANDLING:
        found.append("受理后、办结前才能向企业核实。")
    if Asked.objects.filter(objection=row).exists():
        found.append("已就该异议向企业核实过一次。")
    if not words:
        found.append("请写明须企业说明的事项。")
    if due_at <= now:
        found.append("答复时限须晚于现在。")
    betraying = [part for part in (row.name, row.person, row.phone, row.email, row.code) if part and part in words]
    if betraying:
        found.append("须说明的事项中出现了异议人的姓名（名称）或联系方式，请删去：异议人的身份须保密。")
    return found


def answer(notice: ObjectionNotice, *, text: str, actor: Actor) -> ObjectionNotice:
    """The enterprise answers, once, in time. Raises Denied, Refused."""
    if not may(actor, "objection_notice.answer", notice):
        raise Denied("objection_notice.answer")
    now = clock.now()
    with locked(notice) as row:
        if row.answered_at is not None:
            raise Refused("书面说明已提交，不能再修改。")
        if now > row.due_at:
            raise Refused(f"答复时限（{said(row.due_at)}）已过；确需补充的，请与发函单位联系。")
        if not text.strip():
            raise Refused("请填写书面说明。")
        row.answer, row.answered_at, row.answered_by = text.strip(), now, actor.person
        row.save(update_fields=["answer", "answered_at", "answered_by"])
        audit.record("objection.answer", row, actor)
        with walls.system("企业答复异议核实"):  # which objection it is about, the enterprise doesn't see
            objection = Asked.objects.select_related("objection").get(notice=row).objection
        told.enterprise_answered(objection)
    found: ObjectionNotice = row
    return found


# -- deciding ------------------------------------------------------------------------------------------------------
def dismiss(objection: Objection, *, finding: str, decision: str = "", actor: Actor) -> Objection:
    """It is not borne out. Raises Denied, Refused."""
    return _decide(objection, "dismiss", finding, decision, actor)


def uphold(objection: Objection, *, finding: str, decision: str = "", actor: Actor) -> Objection:
    """It is borne out: whom it is about is no longer recommended, in the same transaction. Raises Denied, Refused."""
    with transaction.atomic():
        row = _decide(objection, "uphold", finding, decision, actor)
        round_, factory = row.publicity.round, row.factory
        if _withdrawn(row, actor):
            told.recommendation_lost(round_, factory.enterprise_id, factory.name, "公示期间收到的异议经核查成立。")
    return row


def _withdrawn(row: Objection, actor: Actor) -> bool:
    """Take the place of whom it is about; whether they still had one."""
    round_, factory, reason = row.publicity.round, row.factory, f"公示异议（{row.ref}）成立"
    place = Recommendation.objects.filter(round=round_, factory=factory).select_related("round").first()
    candidate = Candidate.objects.filter(round=round_, application__factory=factory).select_related("round").first()
    if place is None:
        return False
    if candidate is not None:
        choosing.withdraw(candidate, reason=reason, actor=actor)
    else:
        withdraw_recommendation(place, reason=reason, actor=actor)
    return True


def _decide(objection: Objection, action: str, finding: str, decision: str, actor: Actor) -> Objection:
    changes = {
        "finding": finding.strip(), "decision": decision.strip()[:100], "decided_at": clock.now(),
        "decided_by": actor.user,
    }  # fmt: skip
    with transaction.atomic():
        row = move(objection, action, actor=actor, changes=changes, finding=finding, document=decision)
        told.to_objector(row, f"您的异议（{row.ref}）已办结：{row.get_state_display()}。{finding.strip()}")
    return row


def sweep() -> int:
    """Remove stored evidence that no row points at, of a form that was refused after all. How many went."""
    files = ObjectionFile.objects
    return stored.sweep(FOLDER, lambda names: set(files.filter(stored__in=names).values_list("stored", flat=True)))
