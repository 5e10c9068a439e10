"""Which enterprises are still at it in a round, and which are done, so that nobody is reminded without need."""

from django.db.models import QuerySet

from applications.models import Application
from applications.states import ApplicationState
from tiers.models import Round

_OPEN = (ApplicationState.DRAFT, ApplicationState.RETURNED)


def writing(round_: Round) -> QuerySet[Application, int]:
    """The keys of the enterprises that have begun an application and not handed it in."""
    return Application.objects.filter(round=round_, state__in=_OPEN).values_list("enterprise_id", flat=True)


def done(round_: Round) -> QuerySet[Application, int]:
    """The keys of the enterprises that have begun, and handed in whatever they began."""
    begun = Application.objects.filter(round=round_).exclude(enterprise_id__in=writing(round_))
    return begun.values_list("enterprise_id", flat=True)


WRITING, DONE = writing, done
