"""Put the demo world in place (refused in production); run again it changes nothing, or goes on where it stopped."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo.parts import NotADemo, demo_only, world_of
from review.demo.world import Stage, seed


class Command(BaseCommand):
    """manage.py seed_demo --stage STAGE --seed N"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Which world; where none is named, the one that is there goes on, or DEMO_STAGE is begun."""
        parser.add_argument("--stage", choices=[stage.value for stage in Stage], help="how far this year's rounds are")
        parser.add_argument("--seed", type=int, help="what names, figures and scores are drawn with (1)")
        parser.add_argument("--first-only", action="store_true", help="only what the first page and signing in need")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed, and say whether there was anything to do."""
        try:
            demo_only()
            there = world_of()
            stage, number = found = there or (options["stage"] or settings.DEMO_STAGE, options["seed"] or 1)
            if (options["stage"] or stage, options["seed"] or number) != found:
                raise CommandError(f"another demo world is there (--stage {stage} --seed {number}).")
            if there is None and not options["first_only"]:  # by hand, on an empty database
                for command in settings.LOADING_COMMANDS:
                    if command != settings.DEMO_COMMAND:
                        call_command(command, stdout=self.stdout)
            made = seed(Stage(stage), number, first_only=options["first_only"])
        except NotADemo as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Demo world: {', '.join(made)} put in place." if made else "Demo world: there already.")
