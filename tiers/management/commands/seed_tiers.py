"""Put the ladder's part of the demo world in place (refused in production); running it again changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tiers.demo import rounds


class Command(BaseCommand):
    """manage.py seed_tiers, after seed_demo, load_catalogue and load_calendar"""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seed, and say whether there was anything to do."""
        if not settings.IS_DEMO:
            raise CommandError("seed_tiers is refused when PORTAL_MODE is production.")
        self.stdout.write("Rounds put in place." if rounds.seed() else "Rounds are there already.")
