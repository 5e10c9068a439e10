"""Everything between an empty database and a portal that can serve, in one process: migrate, load, seed, collect."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from portal.services import rehearsal


class Command(BaseCommand):
    """manage.py prepare (runs as the owner of the tables)"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether the demo world has to be whole."""
        parser.add_argument(
            "--first-page", action="store_true", help="of the demo world only what the first page and signing in need"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Each step is idempotent; the demo world only in the demo."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        rehearsal.begin()
        for command in settings.LOADING_COMMANDS:
            part = {"first_only": options["first_page"]} if command == settings.DEMO_COMMAND else {}
            call_command(command, stdout=self.stdout, **part)
        call_command("collectstatic", verbosity=0, interactive=False)
