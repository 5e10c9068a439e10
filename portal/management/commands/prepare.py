"""Everything between an empty database and a portal that can serve, in one process: migrate, load, seed, collect."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """manage.py prepare (runs as the owner of the tables)"""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Each step is idempotent; the demo world only in the demo."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        for command in settings.LOADING_COMMANDS:
            call_command(command, stdout=self.stdout)
        call_command("collectstatic", verbosity=0, interactive=False)
