"""Tenant isolation in the database: one policy shape for every tenant-owned table, and the only ways through it."""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from portal import audit
from portal.actors import NOWHERE, Actor, Place


@dataclass(frozen=True)
class Wall:
    """How a table stands in the tenancy: the columns that hold its keys, and the kind of thing it holds.

    `own` names a column with a user's key whose rows that user may always read (to find out where they stand).
    `open_insert` lets anybody add a row they then cannot read (the record of a refused stranger).
    `own_update`: that user may also change such a row.
    `shown` is a condition (SQL) on which everybody may read a row: what its owner has published.
    `lent` names the column with the key of an application; those to whom it was lent may read the row (see `lent_sql`).
    """

    kind: str
    unit: str = "unit_id"
    city: str = "city_id"
    enterprise: str = "enterprise_id"
    own: str = ""
    own_update: bool = False
    open_insert: bool = False
    shown: str = ""
    lent: str = ""


# Every tenant-owned table. A test walks the database's catalogue and fails on a table that is in neither list.
WALLED: dict[str, Wall] = {
    "portal_enterprise": Wall("business", enterprise="id"),
    "portal_registration": Wall("business", own="user_id"),
    "portal_membership": Wall("identity", own="user_id"),
    "portal_invitation": Wall("identity"),
    "portal_auditevent": Wall("record", open_insert=True),
    "portal_auditblock": Wall("record", unit="", city="", enterprise=""),
    # A preview belongs to nobody but the enterprise: it has no city and no unit.
    "portal_paper": Wall("business"),
    "portal_package": Wall("business", enterprise=""),
    "portal_packageitem": Wall("business", enterprise=""),
    # A seal carries the key of its own floor only: nobody above or beside it needs its picture.
    "portal_seal": Wall("business"),
    "portal_stamping": Wall("business"),
    # Whoever tells can't read what they told: only the person can.
    "portal_notice": Wall("notice", unit="", city="", enterprise="", own="user_id", open_insert=True),
}

# Tables that belong to no tenant, with the reason why they may stand in the open.
OPEN: dict[str, str] = {
    "portal_region": "GB/T 2260, public",
    "portal_industry": "GB/T 4754, public",
    "portal_unit": "recommending units, public",
    "portal_city": "a unit's cities, public",
    "portal_office": "public bodies and their departments",
    "portal_user": "accounts; read before anybody's place is known",
    "portal_mail": "the outbox; read by the worker and, in the demo, by its mail page",
    "portal_heartbeat": "signs of life of the worker",
    "portal_rehearsalclock": "what time it is, in a rehearsal",
    "portal_cache": "throttling counters",
    "account_emailaddress": "accounts",
    "account_emailconfirmation": "accounts",
    "mfa_authenticator": "accounts",
    "socialaccount_socialaccount": "accounts",
    "socialaccount_socialapp": "accounts",
    "socialaccount_socialtoken": "accounts",
    "django_session": "sessions; read before anybody's place is known",
    "django_migrations": "schema",
    "django_content_type": "schema",
    "auth_permission": "schema",
    "auth_group": "schema",
    "auth_group_permissions": "schema",
    # Grants stand in tables of their own, with real keys; guardian's general ones stay empty.
    "guardian_userobjectpermission": "unused",
    "guardian_groupobjectpermission": "unused",
}

# Who crosses walls by office, and into which kinds of table: the one place where this is written.
FUNCTIONS_SQL = """
CREATE OR REPLACE FUNCTION portal_place(level text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('portal.' || level, true), '')::bigint
$$;
CREATE OR REPLACE FUNCTION portal_crosses(kind text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE nullif(current_setting('portal.office', true), '')
        WHEN 'system' THEN true
        WHEN 'system_admin' THEN kind = 'identity'
        WHEN 'security_admin' THEN kind = 'identity'
        WHEN 'ministry' THEN kind = 'national'
        WHEN 'auditor' THEN kind = 'record'
        WHEN 'door' THEN kind = 'business'
        ELSE false
    END
$$;
"""


def wall_sql(table: str, wall: Wall) -> str:
    """The statements that put a table behind its wall. Each key is read once a query, not once a row."""
    keys = {"unit": wall.unit, "city": wall.city, "enterprise": wall.enterprise}
    within = [f"{column} = (SELECT portal_place('{level}'))" for level, column in keys.items() if column]
    sees = " OR ".join([*within, f"(SELECT portal_crosses('{wall.kind}'))"])
    if wall.kind in {"identity", "public"}:  # the ministry's people, and its announcements, belong to no unit
        sees += f" OR ({wall.unit} IS NULL AND (SELECT portal_crosses('national')))"
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS wall ON {table}",
        f"CREATE POLICY wall ON {table} USING ({sees}) WITH CHECK ({sees})",
    ]
    if wall.own:
        statements += [
            f"DROP POLICY IF EXISTS own ON {table}",
            f"CREATE POLICY own ON {table} FOR SELECT USING ({wall.own} = (SELECT portal_place('user')))",
        ]
    if wall.own_update:
        own = f"{wall.own} = (SELECT portal_place('user'))"
        statements += [
            f"DROP POLICY IF EXISTS own_update ON {table}",
            f"CREATE POLICY own_update ON {table} FOR UPDATE USING ({own}) WITH CHECK ({own})",
        ]
    if wall.open_insert:
        statements += [
            f"DROP POLICY IF EXISTS open_insert ON {table}",
            f"CREATE POLICY open_insert ON {table} FOR INSERT WITH CHECK (true)",
        ]
    if wall.shown:
        statements += [
            f"DROP POLICY IF EXISTS shown ON {table}",
            f"CREATE POLICY shown ON {table} FOR SELECT USING ({wall.shown})",
        ]
    return ";\n".join(statements) + ";"


def lent_sql(table: str, wall: Wall) -> str:
    """The policy by which a row is lent; its migration comes after `portal_lent()`, wherever the wall was put up.

    The keys are read once a query, and only when no other policy lets a row through: policies are asked in the order of
    their names, and `wall_lent` comes after all others. So it costs nobody but borrowers.
    """
    return (
        f"DROP POLICY IF EXISTS wall_lent ON {table};"
        f"CREATE POLICY wall_lent ON {table} FOR SELECT USING ({wall.lent} = ANY ((SELECT portal_lent())::bigint[]));"
    )


def keys_sql(table: str, *, enterprise: bool = True) -> str:
    """The composite keys that make a row's own keys agree: a foreign key alone accepts a row its writer can't see."""
    keys = [("city_within_unit", "unit_id, city_id", "portal_city (unit_id, id)")]
    if enterprise:
        keys += [
            ("enterprise_within_unit", "unit_id, enterprise_id", "portal_enterprise (unit_id, id)"),
            ("enterprise_within_city", "city_id, enterprise_id", "portal_enterprise (city_id, id)"),
        ]
    return "\n".join(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name} FOREIGN KEY ({columns}) REFERENCES {target};"
        for name, columns, target in keys
    )


_SET = ", ".join(f"set_config('portal.{key}', %s, true)" for key in ("user", "unit", "city", "enterprise", "office"))
_here: contextvars.ContextVar[Place] = contextvars.ContextVar("place", default=NOWHERE)


def here() -> Place:
    """The place the present transaction was given."""
    return _here.get()


def _set(place: Place) -> None:
    """Give the transaction its place: every setting, the empty ones too, so that nothing of a former place is left."""
    keys = (place.user, place.unit, place.city, place.enterprise)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_SET}", [*("" if key is None else str(key) for key in keys), place.office])


@contextmanager
def stand(place: Place) -> Iterator[None]:
    """Run a block, in a transaction, at a place; afterwards the former place holds again."""
    former = _here.get()
    token = _here.set(place)
    nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            _set(place)
            yield
            # The end of a transaction, and every rollback, take the settings back; a savepoint that is kept does not.
            if nested:
                _set(former)
    finally:
        _here.reset(token)


def step(place: Place) -> None:
    """Go to another place until the block of the `stand` around it ends."""
    _here.set(place)
    _set(place)


@contextmanager
def enter(actor: Actor) -> Iterator[None]:
    """Run a block as somebody: what they may see, and their name on the record."""
    token = audit.set_origin(actor=actor)
    try:
        with stand(actor.place()):
            yield
    finally:
        audit.reset_origin(token)


@contextmanager
def system(reason: str, actor: Actor | None = None) -> Iterator[None]:
    """Run a block behind all walls, on record, for work that no single place can do.

    The acting person stays named; `actor` names who acts where nobody asked (a task, a command).
    """
    if not reason.strip():
        raise ValueError("crossing the walls needs a reason")
    token = audit.set_origin(actor=actor) if actor else None
    try:
        with stand(Place(user=here().user, office="system")):
            audit.record("walls.cross", reason=reason)
            yield
    finally:
        if token:
            audit.reset_origin(token)
