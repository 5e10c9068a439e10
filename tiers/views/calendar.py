"""The calendar of working days: read by units, kept by the system administrator."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from tiers.forms.calendar import SpecialDayForm
from tiers.selectors import calendar as selectors
from tiers.services import calendar as services


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: PortalRequest) -> HttpResponse:
    """The special days of a year, and a form for another."""
    if not may(request.actor, "calendar.list"):
        raise Denied("calendar.list")
    may_edit = may(request.actor, "calendar.edit")
    if request.method == "POST" and not may_edit:
        raise Denied("calendar.edit")
    form = SpecialDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            day = services.put(**form.cleaned_data, actor=request.actor)
            messages.success(request, f"已设置：{day}。已经开始的公示，期满时间不变。")
            return redirect("calendar")
    years, asked = selectors.years(), request.GET.get("year", "")
    this_year = clock.beijing(clock.now()).year
    year = int(asked) if asked in map(str, years) else this_year
    context = {"form": form, "days": selectors.special_days(year), "years": years, "year": year, "may_edit": may_edit}
    return render(request, "tiers/calendar.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Let a day be like its weekday again."""
    row = selectors.special_day_for(request.actor, pk)
    services.remove(row, actor=request.actor)
    messages.success(request, f"已删除：{row}。")
    return redirect("calendar")
