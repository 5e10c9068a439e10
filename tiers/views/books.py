"""What an application's book asks, to be read before writing begins."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest
from tiers.selectors import books as selectors
from tiers.selectors.rounds import round_for


@require_safe
def book(request: PortalRequest, code: str) -> HttpResponse:
    """One book, with the limits of a round if one is named; officials also see what no official text confirms."""
    if not may(request.actor, "edition.read"):
        raise Denied("edition.read")
    row = selectors.book_form_for(code, request.GET.get("revision", ""))
    ref = request.GET.get("round", "")
    round_ = round_for(request.actor, ref) if ref else None
    doubts = row.value.doubts if may(request.actor, "edition.doubt") else frozenset()
    form = selectors.form_to_read(row, round_)
    context = {
        "row": row,
        "round": round_,
        "sections": [(section, selectors.questions(section, doubts)) for section in form.sections],
        "newest": selectors.book_form_for(code),
    }
    return render(request, "tiers/book.html", context)
