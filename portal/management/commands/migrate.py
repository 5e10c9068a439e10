"""Django's migrate; first it sees to it that the portal's role gets its rights on every table that will be made."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

RIGHTS = """
GRANT USAGE ON SCHEMA public TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
"""


class Command(Migrate):
    """Migrate as the owner, for the role that owns nothing."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant by default, then migrate."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            role = connection.ops.quote_name(settings.APP_ROLE)
            if connection.settings_dict["USER"] != settings.APP_ROLE:
                cursor.execute(RIGHTS.format(role=role))
        super().handle(*args, **options)
