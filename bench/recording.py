"""What it costs to put something on record."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.measure import Figure, interleaved
from portal import audit
from portal.actors import Actor
from portal.audit import AuditEvent

ROUNDS, RUNS, EACH = 15, 3, 20
COLUMNS = {field.column: field.attname for field in AuditEvent._meta.concrete_fields}
INSERT = f"INSERT INTO portal_auditevent ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608


def measured(actor: Actor) -> Iterator[Figure]:
    """Statements for each event, and time beside the same INSERT written by hand."""
    with transaction.atomic():
        sample = audit.record("bench.warm", actor.user, actor)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            audit.record("bench.count", actor.user, actor, number=1)
    yield Figure("record: statements an event", len(queries), "", 1)
    row = {column: getattr(sample, name) for column, name in COLUMNS.items()}

    def through_the_house() -> None:
        with transaction.atomic():
            for number in range(EACH):
                audit.record("bench.event", actor.user, actor, number=number)

    def by_hand() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for _ in range(EACH):
                values = row | {"id": str(audit.uuid7()), "data": '{"number": 1}'}
                cursor.execute(INSERT, [values[column] for column in COLUMNS])

    house, hand = interleaved(through_the_house, by_hand, rounds=ROUNDS, runs=RUNS, between=lambda _: None)
    note = f"{house / EACH * 1000:.2f} ms, by hand {hand / EACH * 1000:.2f} ms"
    yield Figure("record: an event to a bare INSERT", house / hand, "×", 3, note)
