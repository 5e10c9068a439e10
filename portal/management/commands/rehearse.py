"""Set the clock of a rehearsal (an installation with REHEARSAL_FROM); every process goes by it at once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import clock
from portal.actors import Actor
from portal.environment import instant
from portal.errors import Refused
from portal.services.rehearsal import set_clock


class Command(BaseCommand):
    """manage.py rehearse --at 2024-11-22T23:50 [--held]"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """The moment on Beijing's clock, and whether it stands still there."""
        parser.add_argument("--at", required=True, type=instant, help="Beijing time such as 2024-11-22T23:50")
        parser.add_argument("--held", action="store_true", help="stand still there until it is set again")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Set it, on record."""
        try:
            set_clock(options["at"], held=options["held"], actor=Actor(system="管理命令"))
        except Refused as refusal:
            raise CommandError(" ".join(refusal.reasons)) from refusal
        self.stdout.write(f"The rehearsal's clock shows {clock.beijing(clock.now()):%Y-%m-%d %H:%M:%S}.")
