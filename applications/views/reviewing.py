"""What a reviewing office does with an application: return it for correction, give more time."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications.forms.course import ExtendForm, ReturnForm
from applications.guards import review_window
from applications.selectors import applications as selectors
from applications.selectors.papers import submitted_form
from applications.services import course
from portal.errors import Denied, Refused
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on


@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: PortalRequest, ref: str) -> HttpResponse:
    """Name what has to be mended, with a reason each, and until when; the address may bring reasons noted before."""
    row = selectors.application_for(request.actor, ref)
    if not may(request.actor, "application.return", row):
        raise Denied("application.return")
    current = selectors.current_submission(row)
    if current is None:
        raise Refused("该申报当前没有可退回的提交。")
    last = row.round.windows.until(review_window(row))
    noted = {name: text for name, text in request.GET.items() if name.startswith("reason:")}
    form = ReturnForm(request.POST or None, book=submitted_form(current), initial={"until": last, **noted})
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            said = form.cleaned_data
            course.return_for_correction(
                row, items=form.items(), until=said["until"], opinion=said["opinion"], actor=request.actor
            )
            messages.success(request, "已退回修改，并已通知企业。")
            return redirect("application", ref=ref)
    context = {"form": form, "application": row, "submission": current, "last": last}
    return render(request, "applications/return.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: PortalRequest, ref: str) -> HttpResponse:
    """Give more time to mend."""
    row = selectors.application_for(request.actor, ref)
    if not may(request.actor, "application.extend", row):
        raise Denied("application.extend")
    form = ExtendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            course.extend_correction(row, **form.cleaned_data, actor=request.actor)
            messages.success(request, "修改时限已延长，并已通知企业。")
            return redirect("application", ref=ref)
    return render(
        request, "applications/extend.html", {"form": form, "application": row}, status=422 if form.errors else 200
    )
