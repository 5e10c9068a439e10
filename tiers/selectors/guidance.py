"""What a round offers its applicants to read and to download, and the gates to it."""

from django.db.models import Q, QuerySet

from portal.actors import Actor
from portal.errors import Denied, Hidden
from portal.rules import may
from tiers.models import CommonQuestion, Round, RoundFile
from tiers.selectors.rounds import round_for


def questions(round_: Round, search: str = "") -> QuerySet[CommonQuestion]:
    """The questions that are shown, in order; those in which something is found."""
    rows = CommonQuestion.objects.filter(round=round_, withdrawn_at=None).select_related("saved_by")
    return rows.filter(Q(question__icontains=search) | Q(answer__icontains=search)) if search else rows


def withdrawn_questions(round_: Round) -> QuerySet[CommonQuestion]:
    """Those that are shown no longer, latest first, for whoever runs the round."""
    rows = CommonQuestion.objects.filter(round=round_, withdrawn_at__isnull=False)
    return rows.select_related("withdrawn_by").order_by("-withdrawn_at", "-id")


def files(round_: Round) -> QuerySet[RoundFile]:
    """The files that are offered."""
    return RoundFile.objects.filter(round=round_, removed_at=None)


def guided_round_for(actor: Actor, ref: str) -> Round:
    """The gate to writing a round's guidance. Raises Hidden, Denied."""
    row = round_for(actor, ref)
    if not may(actor, "guidance.edit", row):
        raise Denied("guidance.edit")
    return row


def question_for(round_: Round, pk: int) -> CommonQuestion:
    """The gate to a question that is shown in a round one may see. Raises Hidden."""
    row = questions(round_).filter(pk=pk).first()
    if row is None:
        raise Hidden("guidance", str(pk))
    row.round = round_
    return row


def file_for(round_: Round, pk: int) -> RoundFile:
    """The gate to a file that is offered in a round one may see. Raises Hidden."""
    row = files(round_).filter(pk=pk).first()
    if row is None:
        raise Hidden("guidance", str(pk))
    row.round = round_
    return row
