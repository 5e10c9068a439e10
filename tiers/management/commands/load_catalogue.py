"""Load the editions of the ladder; --dry-run prints what would change and writes nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.actors import Actor
from portal.errors import Malformed
from tiers.services import catalogue


class Command(BaseCommand):
    """manage.py load_catalogue [--dry-run] [--folder FOLDER]"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """--dry-run, --folder."""
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--folder", type=Path, default=catalogue.FOLDER)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or tell."""
        try:
            if options["dry_run"]:
                changes = catalogue.plan(options["folder"])
            else:
                changes = catalogue.load(options["folder"], actor=Actor(system="管理命令"))
        except Malformed as error:
            raise CommandError(str(error)) from error
        for change in changes:
            self.stdout.write(f"{change.file}: {change.code} r{change.revision}")
            if options["dry_run"]:
                self.stdout.writelines(f"  {line}" for line in change.lines)
        if not changes:
            self.stdout.write("Catalogue: nothing new.")
