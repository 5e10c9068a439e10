"""The walls: policies on every tenant-owned table, keys that can't point across a wall, rights that can't undo them."""

from typing import ClassVar

from django.conf import settings
from django.db import migrations

from portal.walls import FUNCTIONS_SQL, Wall, wall_sql

# Frozen here: what the tables' walls are today is in portal.walls, and a test compares the two with the database.
WALLS = {
    "portal_enterprise": Wall("business", enterprise="id"),
    "portal_registration": Wall("business", own="user_id"),
    "portal_membership": Wall("identity", own="user_id"),
    "portal_invitation": Wall("identity"),
    "portal_auditevent": Wall("record", open_insert=True),
    "portal_auditblock": Wall("record", unit="", city="", enterprise=""),
}

# A row's keys must agree with each other; a foreign key by itself would accept a row that its writer can't even see.
SAME_TENANT = """
ALTER TABLE {table} ADD CONSTRAINT {table}_city_within_unit
    FOREIGN KEY (unit_id, city_id) REFERENCES portal_city (unit_id, id);
"""
SAME_ENTERPRISE = """
ALTER TABLE {table} ADD CONSTRAINT {table}_enterprise_within_unit
    FOREIGN KEY (unit_id, enterprise_id) REFERENCES portal_enterprise (unit_id, id);
ALTER TABLE {table} ADD CONSTRAINT {table}_enterprise_within_city
    FOREIGN KEY (city_id, enterprise_id) REFERENCES portal_enterprise (city_id, id);
"""
OF_ENTERPRISE = ("portal_registration", "portal_membership", "portal_invitation")

KEYS = "".join(
    [
        *(SAME_TENANT.format(table=table) for table in ("portal_enterprise", "portal_office", *OF_ENTERPRISE)),
        *(SAME_ENTERPRISE.format(table=table) for table in OF_ENTERPRISE),
    ]
)

# The portal's role can add to the record and read it, nothing else; the triggers bind even the owner.
RIGHTS = f'REVOKE UPDATE, DELETE, TRUNCATE ON portal_auditevent, portal_auditblock FROM "{settings.APP_ROLE}";'


class Migration(migrations.Migration):
    """Raise the walls."""

    dependencies: ClassVar = [("portal", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(FUNCTIONS_SQL, migrations.RunSQL.noop),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        *(migrations.RunSQL(wall_sql(table, wall), migrations.RunSQL.noop) for table, wall in WALLS.items()),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
