"""Ask everything kept whether it still is as it must be; the exit code is 1 when anything is not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import walls
from portal.invariants import invariants


class Command(BaseCommand):
    """manage.py check_invariants [--most N]"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """How many faults of each kind are printed."""
        parser.add_argument("--most", type=int, default=20, help="print so many faults of each kind (20)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Ask, print a line for each sentence, and fail loudly."""
        broken = 0
        with walls.system("核对数据不变式"):
            for invariant in invariants():
                faults = list(invariant.faults())
                broken += bool(faults)
                self.stdout.write(f"{f'BROKEN ({len(faults)})' if faults else 'holds':12} {invariant.sentence}")
                for fault in faults[: options["most"]]:
                    self.stderr.write(f"             {fault}")
        if broken:
            raise CommandError(f"{broken} invariants are broken.")
        self.stdout.write("Everything holds.")
