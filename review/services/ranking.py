"""The priority order of a city's list: who is in it, and where (82号 二(三)1: 按推荐优先顺序排列).

Locks: applications before their list. Every change raises the list's version, and takes back what was being signed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from applications.models import Application
from applications.services.beginning import keys_of
from applications.states import Track
from portal import audit, clock, walls
from portal.actors import Actor
from portal.errors import Denied, Hidden, Refused, Stale
from portal.models import City
from portal.rules import may
from portal.workflow import move
from review.guards import in_list_time, list_fixed
from review.models import CityList, FirstReview, ListEntry, SignOff, Tie
from review.services import candidates
from review.states import WRITABLE, FirstReviewState, ListState, SignOffState

PORTAL = Actor(system="平台")
KEPT_CHANGES = 30


# -- the list --------------------------------------------------------------------------------------------------------
def has_place(application: Application) -> bool:
    """Whether it takes part in a city's order at all: never on the direct way, nor one of a central enterprise."""
    by_city = application.city_id is not None and application.round.city_until is not None
    return by_city and application.track == Track.REGULAR and application.enterprise.group_id is None


def list_for_update(application: Application) -> CityList | None:
    """The list of an application's city in its round, locked, made if need be; None where it takes no part in one."""
    if not has_place(application):
        return None
    return opened(application.round, application.city_id, application.unit_id)


def opened(round_: Any, city_id: Any, unit_id: int) -> CityList:
    """A city's list in a round, locked, made if need be."""
    found = CityList.objects.filter(round=round_, city=city_id).select_for_update(of=("self",)).first()
    if found is not None:
        found.round = round_
        return found
    with connection.cursor() as cursor:  # two officers at once: the second finds the first one's
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LISTS, city_id])
    region = City.objects.values_list("region_id", flat=True).get(pk=city_id)
    made, is_new = CityList.objects.get_or_create(
        round=round_, city_id=city_id, defaults={"unit_id": unit_id, "ref": f"{round_.ref}-{region}"}
    )
    if is_new:
        audit.record("city_list.add", made, round=round_.ref)
    return CityList.objects.select_for_update(of=("self",)).select_related("round").get(pk=made.pk)


_LISTS = 0x4C42  # the class of advisory locks under which lists are made


# -- in and out ------------------------------------------------------------------------------------------------------
def put_in(city_list: CityList, added: Sequence[tuple[Application, Mapping[str, Any]]], *, actor: Actor) -> None:
    """Append applications, with their profiles, at the end of the order. The list is locked by the caller."""
    held = ListEntry.objects.filter(city_list=city_list).count()
    now = clock.now()
    ListEntry.objects.bulk_create(
        ListEntry(
            city_list=city_list, application=row, position=place, version=row.version, profile=profile, **keys_of(row)
        )
        for place, (row, profile) in enumerate(added, start=held + 1)
    )
    said = [f"{row.enterprise.name}：列第{place}位" for place, (row, _) in enumerate(added, start=held + 1)]
    _changed(city_list, said, actor, now)


def take_out(city_list: CityList, applications: Iterable[Application], *, actor: Actor, why: str) -> None:
    """Take applications out; those behind them move up. The list is locked by the caller."""
    entries = list(city_list.entries.select_related("application__enterprise"))
    going = {row.pk for row in applications}
    gone = [entry for entry in entries if entry.application_id in going]
    if not gone:
        return
    ListEntry.objects.filter(pk__in=[entry.pk for entry in gone]).delete()
    _place([entry for entry in entries if entry not in gone])
    said = [f"{e.application.enterprise.name}：移出（原第{e.position}位），{why}" for e in gone]
    _changed(city_list, said, actor, clock.now())


def _place(entries: Sequence[ListEntry]) -> None:
    """Positions 1, 2, … in this order, in one statement; the database looks at them at once."""
    moved = []
    for place, entry in enumerate(entries, start=1):
        if entry.position != place:
            entry.position = place
            moved.append(entry)
    ListEntry.objects.bulk_update(moved, ["position"])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _changed(city_list: CityList, said: Sequence[str], actor: Actor, at: datetime) -> None:
    """Raise the version, say what changed, and take back what was being signed."""
    city_list.version += 1
    line = {"version": city_list.version, "by": actor.name, "at": at.isoformat(), "said": list(said)[:20]}
    city_list.changes = [*city_list.changes, line][-KEPT_CHANGES:]
    city_list.save(update_fields=["version", "changes"])
    audit.record("city_list.order", city_list, actor, version=city_list.version, moved=list(said))
    if city_list.state == ListState.SIGNING:
        reopen(city_list, actor=actor, reason="名单有变动")


def reopen(city_list: CityList, *, actor: Actor, reason: str) -> CityList:
    """Take a list back from being signed; what was said of it is void, and stays on record. Raises Denied, Refused."""
    with transaction.atomic():
        row = move(
            city_list, "reopen", actor=actor if may(actor, "city_list.reopen", city_list) else PORTAL, reason=reason
        )
        for sign_off in SignOff.objects.filter(issue__city_list=row).exclude(state=SignOffState.VOID):
            move(sign_off, "void", actor=PORTAL, reason=reason)
        city_list.state = row.state
    return row


# -- the order -------------------------------------------------------------------------------------------------------
def order(city_list: CityList, refs: Sequence[str], *, version: int, actor: Actor) -> CityList:
    """Put the whole list in this order (applications by their refs), as seen at a version of it.

    Raises Denied, Hidden (one that isn't there for the actor), Stale with what changed, Refused.
    """
    if not may(actor, "city_list.order", city_list):
        raise Denied("city_list.order")
    with transaction.atomic():
        row = _locked(city_list, version)
        entries = {e.application.ref: e for e in row.entries.select_related("application__enterprise")}
        if strange := [ref for ref in refs if ref not in entries]:
            _explain(row, strange)
        if len(set(refs)) != len(refs):
            raise Refused("同一项申报在顺序中出现了两次，请刷新页面后重新排序。")
        if missing := entries.keys() - set(refs):
            names = "、".join(sorted(entries[ref].application.enterprise.name for ref in missing)[:5])
            raise Refused(f"顺序中缺少{names}，请刷新页面后重新排序。")
        said = [
            f"{entries[ref].application.enterprise.name}：第{entries[ref].position}位→第{place}位"
            for place, ref in enumerate(refs, start=1)
            if entries[ref].position != place
        ]
        if said:
            _place([entries[ref] for ref in refs])
            _changed(row, said, actor, clock.now())
    return row


def _locked(city_list: CityList, version: int) -> CityList:
    row = CityList.objects.select_for_update(of=("self",)).select_related("round").get(pk=city_list.pk)
    if reason := list_fixed(row) or in_list_time(row, at=clock.now()):
        raise Refused(reason)
    if row.version != version:
        missed = [change for change in row.changes if change["version"] > version]
        raise Stale("名单顺序已被他人调整，本次未保存。", version=row.version, conflicts=missed)
    return row


def _explain(row: CityList, strange: Sequence[str]) -> None:
    """Somebody else's application is as if it weren't there; one's own that isn't in the order is named."""
    own = dict(
        Application.objects.filter(ref__in=strange, city_id=row.city_id, round=row.round_id).values_list(
            "ref", "enterprise__name"
        )
    )
    for ref in strange:
        if ref not in own:
            raise Hidden("application", ref[:20])
    raise Refused(f"{'、'.join(own.values())}不在推荐顺序中（未通过初审，或已撤回、退回），请刷新页面后重新排序。")


def shift(city_list: CityList, ref: str, *, to: int | None = None, by: int = 0, version: int, actor: Actor) -> CityList:
    """Move one application to a position, or up and down by so many. Raises as `order` does."""
    refs = list(city_list.entries.order_by("position").values_list("application__ref", flat=True))
    if ref not in refs:
        _explain(city_list, [ref])
    here = refs.index(ref)
    there = here + by if to is None else to - 1
    if not 0 <= there < len(refs):
        raise Refused(f"位次应为1至{len(refs)}。")
    refs.insert(there, refs.pop(here))
    return order(city_list, refs, version=version, actor=actor)


# -- what happens to an application -----------------------------------------------------------------------------------
def follow(application: Application, what: str) -> None:
    """An application was taken back or returned: it leaves the order, and its review is open again, whatever then
    becomes of it. Raises Refused once its list went up.

    Called in the transaction of whoever did it, whose place may not see the city's list.
    """
    with walls.system(f"名单随申报变动（{what}）"):
        if Tie.objects.filter(application=application, user=walls.here().user).exists():
            raise Refused("您已声明与该申报单位存在利害关系，须回避，不能办理该申报。")
        review = FirstReview.objects.filter(application=application).exclude(state=FirstReviewState.OPEN).first()
        if review is not None:
            move(review, "renew", actor=PORTAL, changes={"edition": review.edition + 1})
        entry = ListEntry.objects.filter(application=application).select_related("city_list").first()
        if entry is None:
            candidates.recall_of(application, reason=what, at=clock.now())
            return
        row = CityList.objects.select_for_update(of=("self",)).select_related("round").get(pk=entry.city_list_id)
        if row.state not in {*WRITABLE, ListState.LOCKED}:
            raise Refused("该申报已随市州名单报送省级，须先由省级退回名单后办理。")
        full = Application.objects.select_related("enterprise").get(pk=application.pk)
        take_out(row, [full], actor=PORTAL, why=what)
