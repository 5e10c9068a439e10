"""Factories: an enterprise's own, and the register that its city and unit see."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.errors import Denied
from portal.roles import Level
from portal.rules import may
from portal.views.page import PortalRequest, paged_at_most, refusal_shown_on
from tiers.forms.factories import FactoryFilterForm, FactoryForm
from tiers.selectors import factories as selectors
from tiers.selectors.assessments import of_factory
from tiers.selectors.editions import tier_steps
from tiers.selectors.filings import of_factory as filings_of
from tiers.services import factories as services


@require_safe
def factories(request: PortalRequest) -> HttpResponse:
    """My enterprise's factories; for officials, the register of their place."""
    if not may(request.actor, "factory.list"):
        raise Denied("factory.list")
    if request.actor.stands("enterprise"):
        rows = selectors.factories(request.actor)
        context = {"factories": rows, "steps": tier_steps()}
        return render(request, "tiers/own_factories.html", context)
    level = request.actor.role and request.actor.role.level
    unit = request.actor.stands("unit") if level is Level.UNIT else None
    form = FactoryFilterForm(request.GET or None, unit=unit)
    wanted = form.wanted if form.is_bound else {}
    page = paged_at_most(request, selectors.factories(request.actor, **wanted))
    return render(request, "tiers/factories.html", {"form": form, "page": page, "wanted": wanted})


@require_http_methods(["GET", "HEAD", "POST"])
def factory_new(request: PortalRequest) -> HttpResponse:
    """Put a factory on the register."""
    if not may(request.actor, "factory.open"):
        raise Denied("factory.open")
    form = FactoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            row = services.open_factory(form.cleaned_data, actor=request.actor)
            messages.success(request, "工厂已登记，可以开始自评。")
            return redirect("factory", ref=row.ref)
    return render(request, "tiers/factory_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def factory(request: PortalRequest, ref: str) -> HttpResponse:
    """One factory: what it is, where it stands, its assessments and filings."""
    row = selectors.factory_for(request.actor, ref)
    context = {
        "factory": row,
        "steps": tier_steps(),
        "assessments": of_factory(request.actor, row),
        "standing": selectors.standing_of(row),
        "filings": filings_of(request.actor, row),
        "titles": selectors.titles_of(row),
        "may_amend": may(request.actor, "factory.amend", row),
    }
    return render(request, "tiers/factory.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def factory_amend(request: PortalRequest, ref: str) -> HttpResponse:
    """Amend what is said of a factory."""
    row = selectors.factory_for(request.actor, ref)
    if not may(request.actor, "factory.amend", row):
        raise Denied("factory.amend")
    form = FactoryForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.amend_factory(row, form.cleaned_data, actor=request.actor)
            messages.success(request, "工厂信息已更正。")
            return redirect("factory", ref=ref)
    context = {"form": form, "factory": row}
    return render(request, "tiers/factory_form.html", context, status=422 if form.errors else 200)
