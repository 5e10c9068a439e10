"""Write the pages of docs/ that come from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.documentation import FOLDER, PAGES


class Command(BaseCommand):
    """manage.py write_docs"""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write them all."""
        for name, page in PAGES.items():
            (FOLDER / name).write_text(page(), "utf-8")
            self.stdout.write(f"docs/{name}")
