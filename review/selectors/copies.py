"""Which paper copies have arrived at an office, which are missing, and which are of an older version."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices

from applications.models import Application
from applications.selectors.applications import HANDED_IN, applications
from applications.states import ApplicationState
from portal.actors import Actor
from portal.errors import Hidden
from portal.rules import may
from review.models import PaperCopy
from tiers.models import Round

# 82号 二(三)1: "纸质版申报书一式两份".
WANTED = 2


class Arrival(TextChoices):
    """How far the paper of an application is."""

    COMPLETE = "complete", "已收齐"
    SHORT = "short", "份数不足"
    OUTDATED = "outdated", "版本已更新"
    MISSING = "missing", "未收到"
    RETURNED = "returned", "退回修改中"


@dataclass(frozen=True)
class Standing:
    """An application's paper at the actor's office: what arrived, newest first, and what that comes to."""

    application: Application
    copies: tuple[PaperCopy, ...]

    @property
    def current(self) -> int:
        """Copies of the version that stands."""
        return sum(copy.count for copy in self.copies if copy.version == self.application.version)

    @property
    def arrival(self) -> Arrival:
        """What that comes to."""
        if self.application.state == ApplicationState.RETURNED:
            return Arrival.RETURNED
        if self.current >= WANTED:
            return Arrival.COMPLETE
        if self.current:
            return Arrival.SHORT
        return Arrival.OUTDATED if self.copies else Arrival.MISSING

    @property
    def said(self) -> str:
        """The same as a sentence for whoever has to see to it."""
        version = self.application.version
        match self.arrival:
            case Arrival.COMPLETE:
                return f"已收到第{version}版{self.current}份。"
            case Arrival.SHORT:
                return f"只收到第{version}版{self.current}份，应为{WANTED}份。"
            case Arrival.OUTDATED:
                return f"收到的是第{self.copies[0].version}版，现行为第{version}版，须重新报送。"
            case Arrival.RETURNED:
                return f"第{version}版已退回修改，重新提交后须报送新版本。"
        return f"尚未收到第{version}版的纸质件。"


def standings(actor: Actor, round_: Round) -> list[Standing]:
    """Every application of a round whose paper comes to the actor's office, by number."""
    if not may(actor, "copies.list"):
        return []
    rows = list(applications(actor).filter(round=round_, state__in=HANDED_IN).order_by("number"))
    return _with_copies(actor, rows)


def lacking(actor: Actor, round_: Round) -> list[Standing]:
    """Those whose paper is missing, short or of an older version: they hold up a list that is to go up.

    What was returned isn't to go up before it has been handed in again.
    """
    settled = {Arrival.COMPLETE, Arrival.RETURNED}
    return [found for found in standings(actor, round_) if found.arrival not in settled]


def standing_of(actor: Actor, application: Application) -> Standing:
    """One application's paper at the actor's office."""
    return _with_copies(actor, [application])[0]


def _with_copies(actor: Actor, rows: Iterable[Application]) -> list[Standing]:
    held = defaultdict(list)
    office = actor.membership.office_id if actor.membership else None
    for copy in PaperCopy.objects.filter(application__in=rows, office=office, struck_at=None).select_related("by"):
        held[copy.application_id].append(copy)
    return [Standing(row, tuple(held[row.pk])) for row in rows]


def copy_for(actor: Actor, pk: int) -> PaperCopy:
    """The gate to what was recorded at the actor's own office. Raises Hidden."""
    office = actor.membership.office_id if actor.membership else None
    row = PaperCopy.objects.select_related("application__round").filter(pk=pk, office=office).first()
    if row is None or not may(actor, "copies.strike", row.application):
        raise Hidden("copies", str(pk))
    return row
