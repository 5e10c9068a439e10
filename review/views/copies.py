"""Paper copies: what has arrived, what is missing, and recording it, many at a time."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications.selectors.applications import application_for
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.rules import may
from portal.selectors.papers import paper_for
from portal.views.page import PortalRequest, refusal_shown_on
from review.forms import CopiesForm, StrikeForm
from review.selectors import copies as selectors
from review.selectors.copies import Arrival
from review.services import copies as services
from review.services.copies import Arrived
from tiers.selectors.rounds import round_for


@require_http_methods(["GET", "HEAD", "POST"])
def copies(request: PortalRequest, ref: str) -> HttpResponse:
    """The paper of a round's applications at the officer's own office, and recording more."""
    if not may(request.actor, "copies.list"):
        raise Denied("copies.list")
    round_ = round_for(request.actor, ref)
    form = CopiesForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            arrived = list(_arrived(request, form))
            made = services.record(arrived, arrived_on=form.cleaned_data["arrived_on"], actor=request.actor)
            messages.success(request, f"已登记{len(made)}项申报的纸质件。")
            return redirect("copies", ref=ref)
    rows = selectors.standings(request.actor, round_)
    counts = [(kind.label, sum(row.arrival is kind for row in rows)) for kind in Arrival]
    wanted = request.GET.get("show", "")
    shown = [row for row in rows if not wanted or row.arrival == wanted]
    context = {"round": round_, "form": form, "rows": shown, "all": len(rows), "counts": counts, "kinds": Arrival}
    return render(request, "review/copies.html", context | {"wanted": wanted}, status=422 if form.errors else 200)


def _arrived(request: PortalRequest, form: CopiesForm) -> Iterator[Arrived]:
    """What was ticked, at the version that stands, and what the codes say, at the version that is printed."""
    count, actor = form.cleaned_data["count"], request.actor
    for ref in request.POST.getlist("pick"):
        row = application_for(actor, ref)
        yield Arrived(row, row.version, count)
    for code in form.cleaned_data["codes"]:
        yield _of_paper(actor, code, count)


def _of_paper(actor: Actor, code: str, count: int) -> Arrived:
    paper = paper_for(actor, code)
    if paper.kind != "book" or not paper.version:
        raise Refused(f"核验码 {paper.printed_code} 不是申报书的核验码。")
    return Arrived(application_for(actor, paper.subject.partition("/")[0]), paper.version, count)


@require_POST
def strike(request: PortalRequest, pk: int) -> HttpResponse:
    """Strike out what was recorded by mistake."""
    row = selectors.copy_for(request.actor, pk)
    form = StrikeForm(request.POST)
    services.strike(row, reason=form.cleaned_data["reason"] if form.is_valid() else "", actor=request.actor)
    messages.success(request, "已撤销登记。")
    return redirect("copies", ref=row.application.round.ref)
