"""Verify the record: walk the whole hash chain and name every fault. Exit code 1 when there is one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import walls
from portal.actors import Place
from portal.services import record


def _anchor(text: str) -> tuple[int, str]:
    number, _, digest = text.partition(":")
    return int(number), digest


class Command(BaseCommand):
    """manage.py verify_audit [--seal] [--anchor NUMBER:DIGEST]"""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """--seal, --anchor."""
        parser.add_argument("--seal", action="store_true", help="seal what waits first")
        parser.add_argument("--anchor", type=_anchor, help="a block's number:digest noted outside the database")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verify, print, and fail loudly."""
        with walls.stand(Place(office="auditor")):
            if options["seal"]:
                record.seal()
            verdict = record.verify(anchor=options["anchor"])
        self.stdout.write(f"{verdict.events} events, {verdict.blocks} blocks, {verdict.unsealed} not sealed yet.")
        self.stdout.write(f"Head: {verdict.blocks}:{verdict.head}")
        for fault in verdict.faults:
            self.stderr.write(fault)
        if verdict.faults:
            raise CommandError(f"The record is not whole: {len(verdict.faults)} faults.")
        self.stdout.write("The record is whole.")
