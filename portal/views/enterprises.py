"""The register of enterprises."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal import audit
from portal.errors import Denied
from portal.forms import EnterpriseForm
from portal.models import Industry
from portal.rules import may
from portal.selectors import enterprises as selectors
from portal.services import enterprises as services
from portal.views.page import PortalRequest, paged_at_most, refusal_shown_on


@require_safe
def enterprises(request: PortalRequest) -> HttpResponse:
    """The enterprises of my place."""
    if not may(request.actor, "enterprise.list"):
        raise Denied("enterprise.list")
    search, industry = request.GET.get("search", "").strip()[:50], request.GET.get("industry", "")
    rows = selectors.enterprises(request.actor, search=search, industry=industry)
    context = {
        "page": paged_at_most(request, rows),
        "search": search,
        "industry": industry,
        "industries": Industry.objects.all(),
    }
    return render(request, "portal/enterprises.html", context)


@require_safe
def enterprise(request: PortalRequest, code: str) -> HttpResponse:
    """One enterprise, with its people."""
    row = selectors.enterprise_for(request.actor, code)
    if request.actor.stands("enterprise") is None:  # an official read personal data of the enterprise's people
        audit.record("enterprise.view", row)
    context = {
        "enterprise": row,
        "staff": selectors.staff_of(row),
        "may_amend": bool(services.amendable(request.actor, row)),
    }
    return render(request, "portal/enterprise.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: PortalRequest, code: str) -> HttpResponse:
    """Amend what the register says of an enterprise."""
    row = selectors.enterprise_for(request.actor, code)
    fields = services.amendable(request.actor, row)
    if not fields:
        raise Denied("enterprise.amend")
    form = EnterpriseForm(request.POST or None, instance=row, fields=fields)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.amend(row, form.cleaned_data, actor=request.actor)
            messages.success(request, "企业信息已更正。")
            return redirect("enterprise", code=code)
    context = {"enterprise": row, "form": form}
    return render(request, "portal/amend_enterprise.html", context, status=422 if form.errors else 200)
