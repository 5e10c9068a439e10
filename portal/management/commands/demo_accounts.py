"""Print the demo's accounts."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.cast import CAST, PASSWORD


def _padded(text: str, width: int) -> str:
    """Padded to a width in columns: a Chinese character takes two."""
    taken = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(width - taken, 1)


class Command(BaseCommand):
    """manage.py demo_accounts"""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """One line an account."""
        if not settings.IS_DEMO:
            raise CommandError("There are no demo accounts in production.")
        self.stdout.write(f"演示账户（密码均为 {PASSWORD}，动态口令见 {settings.PUBLIC_URL}/demo/）：")
        for seat in CAST:
            role, place = _padded(seat.role_label, 16), _padded(seat.place, 38)
            self.stdout.write(f"  {_padded(seat.email, 34)}{role}{place}{seat.note}")
