"""Making rounds: from a programme or from an earlier round, edited as a draft, published, and taken to their end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Malformed, Refused
from portal.models import Unit, User
from portal.rules import may
from portal.workflow import locked, move
from tiers import programme_file
from tiers.models import Edition, Round
from tiers.rounds import LABELS, Windows, order_reasons, said
from tiers.selectors.calendar import end_of_working_days
from tiers.selectors.rounds import has_cities, lacking, taken
from tiers.states import RoundState
from tiers.terms import TIERS, Programme

# What of a draft an officer types on one page, beside the parts of its terms.
BASICS = ("name", "edition", "quota", "publicity_days", *LABELS)


def create(
    programme: Programme, *, unit: Unit, edition: Edition, year: int, batch: int, opens_on: date, actor: Actor
) -> Round:
    """A draft from a programme as shipped, its dates shifted so that it opens on a day. Raises Denied, Refused."""
    return _draft(
        {
            "terms": programme.document,
            "quota": programme.quota,
            "publicity_days": programme.publicity_days,
            "programme": programme.code,
            "tier": programme.tier,
        },
        programme.windows,
        keys={"unit": unit, "edition": edition, "year": year, "batch": batch},
        opens_on=opens_on,
        actor=actor,
    )


def clone(source: Round, *, edition: Edition, year: int, batch: int, opens_on: date, actor: Actor) -> Round:
    """A draft from an earlier round: the same terms and times of day, every date as much later as the first.

    Raises Denied, Refused.
    """
    return _draft(
        {
            "terms": source.terms,
            "quota": source.quota,
            "publicity_days": source.publicity_days,
            "programme": source.programme,
            "based_on": source,
            "tier": source.tier,
        },
        source.windows,
        keys={"unit": source.unit, "edition": edition, "year": year, "batch": batch},
        opens_on=opens_on,
        actor=actor,
    )


def _draft(values: dict[str, Any], windows: Windows, *, keys: dict[str, Any], opens_on: date, actor: Actor) -> Round:
    unit, year, batch = keys["unit"], keys["year"], keys["batch"]
    round_ = Round(**values, **keys, ref=ref_of(unit, year, values["tier"], batch), created_at=clock.now())
    round_.name = name_of(unit, year, values["tier"], batch)
    if not may(actor, "round.add") or not may(actor, "round.edit", round_):
        raise Denied("round.add")
    shifted = windows.shifted((opens_on - clock.beijing(windows.opens_at).date()).days)
    for name in LABELS:
        setattr(round_, name, getattr(shifted, name))
    # A unit with cities gives them a date of their own; one without has none.
    round_.city_until = (shifted.city_until or shifted.unit_until) if has_cities(unit) else None
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        if Round.objects.filter(ref=round_.ref).exists():
            raise Refused(f"{round_.name}（{round_.ref}）已存在，请更换批次序号或年度。")
        round_.save(force_insert=True)
        audit.record("round.add", round_, actor, programme=round_.programme, based_on=str(round_.based_on or ""))
    return round_


def signer(actor: Actor) -> User:
    """Who signs for what they do: a person, never the portal. Raises Denied."""
    if actor.user is None:
        raise Denied("round: a person has to sign")
    return actor.user


def ref_of(unit: Unit, year: int, tier: str, batch: int) -> str:
    """A round's readable reference, such as HB-2024-E-1."""
    return f"{unit.code}-{year}-{TIERS[tier][0]}-{batch}"


def name_of(unit: Unit, year: int, tier: str, batch: int) -> str:
    """What a round is called until an officer says otherwise."""
    return f"{unit.name}{year}年度{TIERS[tier][1]}智能工厂申报" + (f"（第{batch}批）" if batch > 1 else "")


@contextmanager
def _drafting(round_: Round, version: int, actor: Actor) -> Iterator[Round]:
    """The draft's row, locked, for an edit of the version that the editor saw."""
    with locked(round_) as row:
        if not may(actor, "round.edit", row):
            raise Denied("round.edit")
        if row.state != RoundState.DRAFT:
            raise Refused("该批次已发布，申报规则不能再修改；期限与名额请通过“期限调整”“名额调整”办理。")
        if row.version != version:
            raise Refused("该批次刚被他人修改，为免覆盖，本次未保存；请刷新页面后重新填写。")
        row.version += 1
        yield row


def edit_basics(round_: Round, values: dict[str, Any], *, version: int, actor: Actor) -> Round:
    """Change a draft's name, edition, quota and dates (keys of BASICS). Raises Denied, Refused."""
    with _drafting(round_, version, actor) as row:
        before = described(row)
        for name in BASICS:
            setattr(row, name, values[name])
        if reasons := order_reasons(row.windows):
            raise Refused(*reasons)
        if (row.city_until is None) is has_cities(row.unit):
            raise Refused("设有市州的推荐单位须填写市州报送截止时间；未设市州的不填。")
        row.save(update_fields=[*BASICS, "version"])
        after = described(row)
        different = {key: value for key, value in after.items() if before[key] != value}
        audit.record("round.edit", row, actor, before={key: before[key] for key in different}, after=different)
    return row


def described(round_: Round) -> dict[str, str]:
    """Dates, quota and the like in words, by their names: for the record and for those who read of a change."""
    dates = {label: said(at) if (at := getattr(round_, name)) else "未定" for name, label in LABELS.items()}
    return dates | {
        "推荐名额": str(round_.quota) if round_.quota else "不设名额",
        "公示工作日": str(round_.publicity_days),
        "名称": round_.name,
        "要素条件版本": str(round_.edition),
    }


def edit_terms(round_: Round, changes: dict[str, Any], *, version: int, actor: Actor) -> Round:
    """Change parts of a draft's terms: lists of rows by their part's name; tables, which are merged; None takes out.

    The terms may stay incomplete until they are published. Raises Denied, Refused.
    """
    with _drafting(round_, version, actor) as row:
        document = dict(row.terms)
        for part, value in changes.items():
            document[part] = {**document.get(part, {}), **value} if isinstance(value, dict) else value
            if value is None:
                del document[part]
        try:
            programme_file.parse_terms(document, row.ref, complete=False)
        except Malformed as error:
            raise Refused("所填内容不符合要求（编号重复或取值不在可选范围内），请检查后重新保存。") from error
        different = [part for part in changes if document.get(part) != row.terms.get(part)]
        row.terms = document
        row.save(update_fields=["terms", "version"])
        audit.record("round.edit", row, actor, parts=different)
    return row


def discard(round_: Round, *, actor: Actor) -> None:
    """Throw a draft away. Raises Denied, Refused."""
    with locked(round_) as row:
        if not may(actor, "round.discard", row):
            raise Denied("round.discard")
        if row.state != RoundState.DRAFT or row.roundchange_set.exists() or row.extensions.exists():
            raise Refused("只有从未发布过的草稿可以删除。")
        if row.announcements.exists():
            raise Refused("本批次已有公告提及，不能删除。")
        audit.record("round.discard", row, actor)
        row.delete()


def publish(round_: Round, *, actor: Actor, at: datetime | None = None) -> Round:
    """Make a draft known; from now on its terms are fixed. Raises Denied, Refused with everything that is missing."""
    return move(round_, "publish", actor=actor, at=at)


def retract(round_: Round, *, actor: Actor) -> Round:
    """Take a published round back to be mended, before it opens. Raises Denied, Refused."""
    with locked(round_) as row:
        if taken(row):
            raise Refused("本批次已有推荐，不能退回草拟。")
        return move(row, "retract", actor=actor)


def announce(
    round_: Round,
    *,
    begins_at: datetime | None = None,
    until: datetime | None = None,
    actor: Actor,
    at: datetime | None = None,
) -> Round:
    """Begin publicity: from now until the end of the n-th working day, the first day not counted; or `until` later.

    The end is written down: whoever mends the calendar later doesn't move it. A round that is being made public
    already (somebody was put in another's place) stays so until the later end. Raises Denied, Refused.
    """
    moment = at or clock.now()
    with locked(round_) as row:
        end = max(filter(None, (end_of_working_days(begins_at or moment, row.publicity_days), until)))
        if row.state != RoundState.PUBLICITY:
            changes = {"publicity_from": begins_at or moment, "publicity_until": end}
            return move(row, "announce", actor=actor, at=moment, changes=changes)
        if not may(actor, "round.announce", row):
            raise Denied("round.announce")
        row.publicity_until = max(filter(None, (row.publicity_until, end)))
        row.save(update_fields=["publicity_until"])
        audit.record("round.announce", row, actor, until=row.publicity_until)
        found: Round = row
    return found


def report(round_: Round, *, actor: Actor, at: datetime | None = None) -> Round:
    """Report the recommendations to the ministries. Raises Denied, Refused with everything that is left to do."""
    return move(round_, "report", actor=actor, at=at, lacking=lacking(round_, "report"))


def finish(round_: Round, *, actor: Actor, at: datetime | None = None) -> Round:
    """End the round; nothing of it changes any more. Raises Denied, Refused with everything that is left to do."""
    return move(round_, "finish", actor=actor, at=at, lacking=lacking(round_, "finish"))


# What people do to a round by one button; time, a publicity and what is sent to the ministries do the rest.
ACTS = {"publish": publish, "retract": retract, "finish": finish}
