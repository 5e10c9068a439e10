"""Put the ladder's part of the demo world in place."""

from typing import Any

from django.core.management.base import BaseCommand

from tiers.demo.seed import seed


class Command(BaseCommand):
    """Refused under production settings; a second time it changes nothing."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done."""
        self.stdout.write("seeded" if seed() else "there already")
