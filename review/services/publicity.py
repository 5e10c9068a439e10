"""公示: drawn up from the recommendations, published by the head, withdrawn with a reason; begun by the clock."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from portal import audit, clock, walls
from portal.actors import Actor, Place
from portal.declared import canonical
from portal.errors import Denied, Hidden, Refused
from portal.references import new_ref
from portal.rules import may
from portal.selectors.seals import content_of
from portal.services import papers
from portal.workflow import locked, move
from review.models import Publicity
from review.selectors.publicity import (
    draft_of,
    drawn,
    frozen,
    is_open,
    lacking_to_publish,
    notice_file,
    usual_basis,
    usual_title,
)
from review.services import results_told as told
from review.states import PublicityState
from tiers.models import Round
from tiers.selectors.calendar import end_of_working_days
from tiers.services import rounds
from tiers.states import RoundState

PORTAL = Actor(system="平台（按期限自动办理）")
# What an officer types of a draft.
FIELDS = ("title", "basis", "begins_at", "workdays", "contact", "phone", "email", "address")
_USUAL_DAYS = 5  # where the round asks for none, and its unit makes its list public all the same


def draw(round_: Round, *, with_outside: bool = False, actor: Actor) -> Publicity:
    """A draft that names those recommended whom no publicity has named yet. Raises Denied, Refused."""
    if not may(actor, "publicity.draw", round_):
        raise Denied("publicity.draw")
    with locked(round_) as row:
        if not is_open(row):
            raise Refused(f"本批次{row.get_state_display()}，评审中、公示中的批次才能草拟公示。")
        if draft := draft_of(row):
            raise Refused(f"本批次已有公示草稿（{draft.ref}），请在其上修改。")
        lines = drawn(row, with_outside=with_outside)
        if not lines:
            raise Refused("没有尚未公示的推荐项目：请先确定推荐名单。")
        number = Publicity.objects.filter(round=row).count() + 1
        made = Publicity.objects.create(
            ref=new_ref("GS"), unit_id=row.unit_id, round=row, number=number, title=usual_title(row, number),
            basis=usual_basis(row), rows=lines, workdays=row.publicity_days or _USUAL_DAYS, contact=actor.name,
            saved_at=clock.now(), saved_by=actor.person,
        )  # fmt: skip
        audit.record("publicity.draw", made, actor, count=len(lines))
    return made


def _drafting(row: Publicity, version: int | None, actor: Actor) -> None:
    if not may(actor, "publicity.edit", row):
        raise Denied("publicity.edit")
    if row.state != PublicityState.DRAFT:
        raise Refused("公示已发布，内容不能再修改；需要更正的，撤回后另行公示。")
    if version is not None and row.version != version:
        raise Refused(f"{row.saved_by.name}刚刚修改了这份草稿，请返回核对后再修改。")


def edit(publicity: Publicity, values: Mapping[str, Any], *, version: int, actor: Actor) -> Publicity:
    """Put a draft differently (FIELDS). Raises Denied, Refused: published, or changed by a colleague since."""
    with locked(publicity) as row:
        _drafting(row, version, actor)
        if values["workdays"] < row.round.publicity_days:
            raise Refused(f"公示不能少于{row.round.publicity_days}个工作日。")
        return _saved(row, {name: values[name] for name in FIELDS}, "publicity.edit", actor)


def redraw(publicity: Publicity, *, with_outside: bool, actor: Actor) -> Publicity:
    """Make a draft's list anew from the recommendations as they are now. Raises Denied, Refused."""
    with locked(publicity) as row:
        _drafting(row, None, actor)
        return _saved(row, {"rows": drawn(row.round, with_outside=with_outside)}, "publicity.redraw", actor)


def _saved(row: Publicity, values: dict[str, Any], verb: str, actor: Actor) -> Publicity:
    for name, value in values.items():
        setattr(row, name, value)
    row.version, row.saved_at, row.saved_by = row.version + 1, clock.now(), actor.person
    row.save(update_fields=[*values, "version", "saved_at", "saved_by"])
    audit.record(verb, row, actor, version=row.version, count=len(row.rows))
    return row


def discard(publicity: Publicity, *, actor: Actor) -> None:
    """Throw a draft away. Raises Denied, Refused."""
    with locked(publicity) as row:
        _drafting(row, None, actor)
        audit.record("publicity.discard", row, actor)
        row.delete()


def publish(publicity: Publicity, *, actor: Actor) -> Publicity:
    """Make it known from the instant it names, or from now; the round is being made public from then on.

    Raises Denied, Refused with everything that is lacking.
    """
    if not may(actor, "publicity.publish", publicity):
        raise Denied("publicity.publish")
    with locked(publicity.round) as round_, locked(publicity) as draft:
        now = clock.now()
        begins_at = draft.begins_at or now
        until = end_of_working_days(begins_at, draft.workdays)
        draft.round = round_
        document = frozen(draft, begins_at, until)
        digest = hashlib.sha256(canonical(document).encode()).hexdigest()
        changes = {
            "begins_at": begins_at, "until": until, "document": document, "digest": digest, "published_at": now,
            "published_by": actor.person,
        }  # fmt: skip
        row = move(
            draft, "publish", actor=actor, at=now, changes=changes, lacking=lacking_to_publish(draft, round_),
            workdays=draft.workdays, until=until, digest=digest,
        )  # fmt: skip
        row.round = round_
        # Whoever comes onto the list by a supplement is made public while the round stays reported.
        if round_.state != RoundState.REPORTING and (begins_at <= now or round_.state == RoundState.PUBLICITY):
            rounds.announce(round_, begins_at=begins_at, until=until, actor=actor, at=now)
        papers.issue("public_notice", row.ref, actor=actor)
        told.published(row)
    return row


def withdraw(publicity: Publicity, *, reason: str, actor: Actor) -> Publicity:
    """Take it back, with a reason that everybody reads in its place. Raises Denied, Refused."""
    said = reason.strip()[:500]
    with transaction.atomic():
        row = move(
            publicity, "withdraw", actor=actor, changes={"withdrawn_at": clock.now(), "reason": said}, reason=said
        )
        told.publicity_withdrawn(row)
    return row


def taken(publicity: Publicity, *, actor: Actor) -> tuple[str, bytes]:
    """The paper of what everybody may read (its file's name, its content), with the seals that stand on it.

    Raises Hidden, Refused when it is lost.
    """
    paper = notice_file(actor, publicity)
    if paper is None:
        raise Hidden("public notice", publicity.ref)
    with walls.stand(Place(office="system")):
        return f"公示-{publicity.ref}.pdf", content_of(paper)


def begin_due() -> int:
    """Let rounds go on whose publicity has begun by the clock; how many. Twice does no harm."""
    now, begun = clock.now(), 0
    rows = Publicity.objects.filter(
        state=PublicityState.PUBLISHED, begins_at__lte=now, round__state=RoundState.EXPERT_REVIEW
    )
    for row in rows.select_related("round").order_by("begins_at"):
        with locked(row.round) as round_:
            if round_.state == RoundState.EXPERT_REVIEW:
                rounds.announce(round_, begins_at=row.begins_at, until=row.until, actor=PORTAL, at=now)
                begun += 1
    return begun
