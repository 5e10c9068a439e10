"""Put the demo world in place (refused in production); running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.demo.seed import NotADemo, seed


class Command(BaseCommand):
    """manage.py seed_demo"""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seed, and say whether there was anything to do."""
        try:
            made = seed()
        except NotADemo as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Demo world put in place." if made else "Demo world is there already.")
