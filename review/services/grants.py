"""What experts may read: an application is lent to them when they have declared, and taken back when they are done."""

from collections.abc import Iterable

from applications.models import Application
from portal.models import User
from review.models import JUDGE, Grant, ScoreSheet
from review.states import SheetState

READING = (SheetState.OPEN, SheetState.SIGNED)


def lend(user: User, application: Application) -> None:
    """Let them read it. To be called behind all walls."""
    Grant.objects.assign_perm(JUDGE, user, application)


def take_back(user: User, application: Application) -> None:
    """They read it no more. To be called behind all walls."""
    Grant.objects.remove_perm(JUDGE, user, application)


def take_back_all(sheets: Iterable[ScoreSheet]) -> None:
    """Nobody who judged these reads them any more. To be called behind all walls."""
    for sheet in sheets:
        Grant.objects.filter(user=sheet.user_id, content_object=sheet.application_id).delete()


def lend_again(sheets: Iterable[ScoreSheet]) -> None:
    """Whoever had declared reads them again. To be called behind all walls."""
    for sheet in sheets:
        if sheet.state in READING:
            lend(sheet.user, sheet.application)
