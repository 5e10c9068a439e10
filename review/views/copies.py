"""Paper copies: what has arrived, what is missing, and recording it, many at a time."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from applications.selectors.applications import application_for
from portal.actors import Actor
from portal.errors import Denied, Hidden, Refused
from portal.papers import grouped
from portal.rules import may
from portal.selectors.papers import paper_for
from portal.views.page import PortalRequest, refusal_shown_on
from review.forms.copies import CopiesForm, StrikeForm
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
            arrived = _arrived(request.actor, request.POST.getlist("pick"), form.cleaned_data)
            made = services.record(arrived, arrived_on=form.cleaned_data["arrived_on"], actor=request.actor)
            messages.success(request, f"已登记{len(made)}项申报的纸质件。")
            return redirect(request.get_full_path())
    rows = selectors.standings(request.actor, round_)
    wanted = request.GET.get("show", "") if request.GET.get("show", "") in Arrival else ""
    context = {"round": round_, "form": form, "all": len(rows), "picked": request.POST.getlist("pick")} | {
        "rows": [row for row in rows if not wanted or row.arrival == wanted],
        "counts": [(kind, sum(row.arrival is kind for row in rows)) for kind in Arrival],
        "wanted": wanted,
        "shown_as": Arrival(wanted).label if wanted else "",
    }
    return render(request, "review/copies.html", context, status=422 if form.errors else 200)


def _arrived(actor: Actor, picked: Iterable[str], said: dict[str, Any]) -> list[Arrived]:
    """What was ticked, at the version that stands, and what the codes say, at the version printed; each once.

    Raises Refused naming every code that is no book's here.
    """
    ticked = [application_for(actor, ref) for ref in picked]
    found = {(row.pk, row.version): Arrived(row, row.version, said["count"]) for row in ticked}
    reasons = []
    for code in said["codes"]:
        try:
            one = _of_paper(actor, code, said["count"])
        except Hidden:
            reasons.append(f"核验码 {grouped(code)}：没有找到报送给本单位的申报书。")
        else:
            found[one.application.pk, one.version] = one
    if reasons:
        raise Refused(*reasons)
    return list(found.values())


def _of_paper(actor: Actor, code: str, count: int) -> Arrived:
    paper = paper_for(actor, code)
    if paper.kind != "book":
        raise Hidden("book", paper.code)
    return Arrived(application_for(actor, paper.subject.partition("/")[0]), paper.version, count)


@require_POST
def strike(request: PortalRequest, pk: int) -> HttpResponse:
    """Strike out what was recorded by mistake."""
    row = selectors.copy_for(request.actor, pk)
    form = StrikeForm(request.POST)
    services.strike(row, reason=form.cleaned_data["reason"] if form.is_valid() else "", actor=request.actor)
    messages.success(request, "已撤销登记。")
    return redirect("copies", ref=row.application.round.ref)
