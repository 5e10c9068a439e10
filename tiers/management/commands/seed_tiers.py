"""Put the ladder's part of the demo world in place."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.demo.seed import NotADemo
from tiers.demo.seed import seed


class Command(BaseCommand):
    """Refused under production settings; a second time it changes nothing."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seed, and say whether there was anything to do."""
        try:
            made = seed()
        except NotADemo as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            "The ladder's demo data put in place." if made else "The ladder's demo data are there already."
        )
