"""How long it takes to seal and to verify ten thousand events."""

from collections.abc import Iterator

from bench.measure import Figure, seconds
from portal import audit, clock, walls
from portal.actors import Actor, Place
from portal.audit import AuditEvent
from portal.services import record

EVENTS, GOAL = 10_000, 5.0


def measured(actor: Actor) -> Iterator[Figure]:
    """Seal what was there before, then ten thousand events; then walk the whole chain."""
    with walls.stand(Place(office="auditor")):
        record.seal()
        sealed = AuditEvent.objects.count()
        _write(actor)
        took = seconds(record.seal)
        yield Figure(f"record: seal {EVENTS:,} events", took, "s", GOAL)
        verdict = record.verify()
        assert verdict.is_whole, verdict.faults
        assert (verdict.events, verdict.unsealed) == (sealed + EVENTS, 0)
        took = seconds(record.verify)
        yield Figure(f"record: verify {verdict.events:,} events", took, "s", GOAL * verdict.events / EVENTS)


def _write(actor: Actor) -> None:
    """Events as `audit.record` writes them, many to a statement."""
    assert actor.user
    now = clock.now()
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                id=audit.uuid7(),
                at=now,
                utc_offset=480,
                actor=actor.user,
                actor_name=actor.name,
                role=actor.role or "",
                organisation=actor.place_label,
                address="10.0.0.1",
                request_id="0123456789ab",
                verb="registration.submit",
                subject_type="portal.registration",
                subject_id=str(number),
                subject_label=f"登记申请{number}",
                outcome="done",
                data={"number": number, "passed_on": False, "reason": "材料齐全，同意登记。"},
                unit_id=actor.stands("unit"),
                city_id=actor.stands("city"),
            )
            for number in range(EVENTS)
        ],
        batch_size=1_000,
    )
