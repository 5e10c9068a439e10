"""Load regions, industries, units, cities and offices; running it again changes only what differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import audit
from portal.actors import Actor
from portal.errors import Malformed
from portal.services import reference


class Command(BaseCommand):
    """manage.py load_reference"""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load, and say how much changed."""
        try:
            changed = reference.load()
        except Malformed as error:
            raise CommandError(str(error)) from error
        if changed:
            audit.record("reference.load", actor=Actor(system="管理命令"), changed=changed)
        self.stdout.write(f"Reference data: {changed} rows made or mended.")
