"""Measure every self-assessment anew, after the ladder's arithmetic changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.actors import Actor
from tiers.services.measuring import measure_all
from tiers.tasks import measure_all as task


class Command(BaseCommand):
    """manage.py measure_assessments [--in-worker]"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the work is done."""
        parser.add_argument("--in-worker", action="store_true", help="let the worker do it")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Measure, and say how many."""
        if options["in_worker"]:
            task.delay()
            self.stdout.write("Handed to the worker.")
        else:
            self.stdout.write(f"{measure_all(Actor(system='命令行'))} assessments measured.")
