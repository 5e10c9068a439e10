#!/usr/bin/env python3
"""Django's command line; commands that change the schema run as the role that owns it."""

import os
import sys

# The portal itself runs as a role that owns nothing (docs/decisions/0002-walls.md).
OWNER_COMMANDS = frozenset(
    {"migrate", "createcachetable", "makemigrations", "sqlmigrate", "showmigrations", "pgtrigger", "prepare"}
)


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
