"""Sealing the record into a hash chain, and finding out whether anybody touched it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from portal import clock
from portal.audit import AuditBlock, AuditEvent

log = structlog.get_logger(__name__)

GENESIS = "0" * 64
BLOCK_SIZE = 5_000
# Longer than any transaction may stay open: what commits later than this was not written by the portal.
LATEST_COMMIT = timedelta(hours=1)
COLUMNS = tuple(f.attname for f in AuditEvent._meta.concrete_fields)
_LOCK = 0x7A6E6763  # "zngc": the advisory lock of whoever seals


def event_digest(row: dict[str, Any]) -> str:
    """SHA-256 over every column of an event, in a canonical form."""
    text = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def block_digest(number: int, sealed_at: datetime, previous: str, digests: Iterable[str]) -> str:
    """SHA-256 over a block: its place in the chain, its instant, the block before it and its members' digests."""
    chain = hashlib.sha256(f"{number}\n{sealed_at.isoformat()}\n{previous}\n".encode())
    for digest in digests:
        chain.update(digest.encode())
    return chain.hexdigest()


def _rows(**conditions: Any) -> Iterator[dict[str, Any]]:
    return AuditEvent.objects.filter(**conditions).order_by("id").values(*COLUMNS).iterator(2_000)


def seal() -> list[AuditBlock]:
    """Seal what has committed and is in no block yet; empty when nothing waits or somebody else is sealing.

    Writers never wait for it: it takes no lock that they need.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return []
        last = AuditBlock.objects.order_by("-number").first()
        waiting = _unsealed(last)
        blocks = []
        # All of it now: the next run looks back only as far as an open transaction can reach.
        for start in range(0, len(waiting), BLOCK_SIZE):
            last = _seal_block(last, waiting[start : start + BLOCK_SIZE])
            blocks.append(last)
    for block in blocks:
        # In the log stream the digest lies outside the database: an anchor that its owner can't rewrite.
        log.info("record.sealed", block=block.number, events=len(block.members), digest=block.digest)
    return blocks


def _seal_block(last: AuditBlock | None, keys: list[UUID]) -> AuditBlock:
    number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
    rows, sealed_at = list(_rows(id__in=keys)), clock.now()
    return AuditBlock.objects.create(
        number=number,
        sealed_at=sealed_at,
        members=[row["id"] for row in rows],
        previous=previous,
        digest=block_digest(number, sealed_at, previous, map(event_digest, rows)),
    )


def written_at(key: UUID) -> datetime:
    """The instant at which an event was written, by the machine's own clock: its key says so (RFC 9562, UUID 7).

    What an event says of its time is the portal's clock, which goes elsewhere in a rehearsal and while a demo is made.
    """
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)


def _least(instant: datetime) -> UUID:
    """A key that no event since that instant is below."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)


def _is_misdated(key: UUID, at: datetime) -> bool:
    """Where there is but one clock, an event that says another time than its key was not written by the portal."""
    return not settings.IS_DEMO and abs(written_at(key) - at) > LATEST_COMMIT


def _unsealed(last: AuditBlock | None) -> list[UUID]:
    """Keys of events in no block, oldest first, as far back as an open transaction could have reached."""
    events, sealed = AuditEvent.objects.order_by("id"), set[UUID]()
    if last is not None:
        since = written_at(max(last.members)) - LATEST_COMMIT
        events = events.filter(id__gte=_least(since))
        for block in AuditBlock.objects.order_by("-number").iterator(20):
            sealed.update(block.members)
            if written_at(max(block.members)) < since - LATEST_COMMIT:
                break
    found = events.values_list("id", "at").iterator(2_000)
    return [key for key, at in found if key not in sealed and not _is_misdated(key, at)]


@dataclass
class Verdict:
    """What `verify` found; `faults` are sentences, empty when the record is whole."""

    blocks: int = 0
    events: int = 0
    unsealed: int = 0
    head: str = GENESIS
    oldest_unsealed: datetime | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Nothing was changed, removed, slipped in or left out."""
        return not self.faults


def verify(*, anchor: tuple[int, str] | None = None) -> Verdict:
    """Walk the whole chain. `anchor`: a block's number and digest noted elsewhere, which must still stand."""
    verdict, sealed, digests = Verdict(), set[UUID](), {}
    for row in _rows():
        digests[row["id"]] = (event_digest(row), row["at"])
    expected = 1
    for block in AuditBlock.objects.order_by("number").iterator(200):
        verdict.faults += _block_faults(block, expected, verdict.head, digests, sealed)
        sealed.update(block.members)
        if anchor and anchor[0] == block.number and anchor[1] != block.digest:
            verdict.faults.append(f"第{block.number}块的摘要与外部留存的摘要不一致。")
        expected, verdict.head, verdict.blocks = block.number + 1, block.digest, verdict.blocks + 1
    if anchor and anchor[0] >= expected:
        verdict.faults.append(f"链上没有第{anchor[0]}块，而外部留存了它的摘要：末尾的块被删除。")
    _look_at_tail(verdict, {key: at for key, (_, at) in digests.items() if key not in sealed})
    verdict.events = len(digests)
    return verdict


def _block_faults(
    block: AuditBlock, expected: int, head: str, digests: dict[UUID, tuple[str, datetime]], sealed: set[UUID]
) -> list[str]:
    """What is wrong with one block: its place in the chain, its members, their content."""
    faults = []
    if block.number != expected:
        faults.append(f"第{expected}块缺失（其后是第{block.number}块）。")
    elif block.previous != head:
        faults.append(f"第{block.number}块未接续前一块。")
    if missing := [member for member in block.members if member not in digests]:
        faults.append(f"第{block.number}块的记录被删除：{'、'.join(map(str, missing[:5]))}。")
    if twice := sealed.intersection(block.members):
        faults.append(f"第{block.number}块重复收入已封存的记录：{'、'.join(map(str, sorted(twice)[:5]))}。")
    members = [digests[member][0] for member in sorted(block.members) if member in digests]
    if not missing and block_digest(block.number, block.sealed_at, block.previous, members) != block.digest:
        faults.append(f"第{block.number}块的内容或成员被改动。")
    return faults


def _look_at_tail(verdict: Verdict, unsealed: dict[UUID, datetime]) -> None:
    """Unsealed events must be young; an old one beside a later block was slipped in."""
    verdict.unsealed = len(unsealed)
    if not unsealed:
        return
    verdict.oldest_unsealed = min(unsealed.values())
    last = AuditBlock.objects.order_by("-number").first()
    if last is None:
        return
    oldest = written_at(max(last.members)) - LATEST_COMMIT
    for key, at in sorted(unsealed.items()):
        if written_at(key) < oldest or _is_misdated(key, at):
            verdict.faults.append(f"记录 {key}（{at:%Y-%m-%d %H:%M:%S}）不在任何一块中，系事后插入。")
