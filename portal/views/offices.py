"""Offices, for the system administrator."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.errors import Denied
from portal.forms import GroupForm, OfficeForm
from portal.models import OfficeLevel
from portal.rules import may
from portal.selectors import people
from portal.services import offices as services
from portal.views.page import PortalRequest, paged, refusal_shown_on


@require_safe
def offices(request: PortalRequest) -> HttpResponse:
    """All offices, and whether anybody works there."""
    if not may(request.actor, "office.manage"):
        raise Denied("office.manage")
    level, search = request.GET.get("level", ""), request.GET.get("search", "").strip()[:50]
    level = level if level in OfficeLevel.values else ""
    context = {
        "page": paged(request, people.offices(level=level, search=search)),
        "levels": OfficeLevel,
        "level": level,
        "search": search,
    }
    return render(request, "portal/offices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_group(request: PortalRequest) -> HttpResponse:
    """Add a group of 中央企业."""
    if not may(request.actor, "office.manage"):
        raise Denied("office.manage")
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            unit = services.add_group(**form.cleaned_data, actor=request.actor)
            messages.success(request, f"已新增推荐单位：{unit.name}。请邀请其负责人。")
            return redirect("offices")
    return render(request, "portal/add_group.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: PortalRequest, pk: int) -> HttpResponse:
    """Give an office its new name."""
    row = people.office_for(request.actor, pk)
    form = OfficeForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.rename(row, name=form.cleaned_data["name"], actor=request.actor)
            messages.success(request, f"“{row.name}”已更名为“{form.cleaned_data['name']}”。")
            return redirect("offices")
    context = {"office": row, "form": form}
    return render(request, "portal/rename_office.html", context, status=422 if form.errors else 200)
