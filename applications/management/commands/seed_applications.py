"""Put the demo world's applications in place."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.demo.seed import seed
from portal.demo.seed import NotADemo


class Command(BaseCommand):
    """Refused under production settings; a second time it changes nothing."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seed, and say whether there was anything to do."""
        try:
            made = seed()
        except NotADemo as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The demo applications put in place." if made else "The demo applications are there already.")
