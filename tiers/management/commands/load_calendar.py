"""Load the holidays of years that the calendar doesn't know yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.actors import Actor
from portal.errors import Malformed
from tiers.services import calendar


class Command(BaseCommand):
    """manage.py load_calendar"""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load, and say how much."""
        try:
            added = calendar.load(actor=Actor(system="管理命令"))
        except Malformed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Calendar: {added} special days added.")
