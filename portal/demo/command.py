"""What the commands that put the demo world in place have in common."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.demo.seed import NotADemo


class SeedCommand(BaseCommand):
    """Refused under production settings; a second time it changes nothing. `what` it puts in place, and how."""

    what: str
    seed: Callable[[], bool]

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seed, and say whether there was anything to do."""
        try:
            made = self.seed()
        except NotADemo as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{self.what}: {'put in place' if made else 'there already'}.")
