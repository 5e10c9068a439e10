"""Announcements: read by everybody, visitors too; written by units' lead offices and the ministry."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied, Refused
from portal.forms import ReasonForm
from portal.rules import may
from portal.views.page import PortalRequest, paged, refusal_shown_on
from tiers.forms.guidance import AnnouncementForm, AnnouncementsForm
from tiers.models import Announcement
from tiers.selectors import announcements as selectors
from tiers.services import announcements as services
from tiers.services import downloads
from tiers.states import AnnouncementState

EDIT = ["GET", "HEAD", "POST"]


@login_not_required
@require_safe
def announcements(request: PortalRequest) -> HttpResponse:
    """What was made known; above it my own office's drafts."""
    form = AnnouncementsForm(request.GET)
    context = {
        "form": form,
        "page": paged(request, selectors.narrowed(selectors.published(), **form.wanted), 20),
        "wanted": any(form.wanted.values()),
        "drafts": selectors.drafts(request.actor),
        "may_add": may(request.actor, "announcement.add"),
    }
    return render(request, "tiers/announcements.html", context)


@login_not_required
@require_safe
def announcement(request: PortalRequest, ref: str) -> HttpResponse:
    """One announcement at its own address; in the place of a withdrawn one, why it was."""
    row = selectors.announcement_for(request.actor, ref)
    is_own = may(request.actor, "announcement.edit", row)
    is_withdrawn = row.state == AnnouncementState.WITHDRAWN
    context = {"row": row, "is_own": is_own, "is_shown": is_own or not is_withdrawn}
    context["may_open_round"] = row.round and selectors.is_open_to(request.actor, row.round)
    context["files"] = selectors.files(row) if context["is_shown"] else []
    return render(request, "tiers/announcement.html", context)


def _attached(request: PortalRequest, row: Announcement, file: Any) -> Announcement:
    if file:
        services.attach(row, stream=file, name=file.name, actor=request.actor)
    return row


@require_http_methods(EDIT)
def add(request: PortalRequest) -> HttpResponse:
    """A draft."""
    if not may(request.actor, "announcement.add"):
        raise Denied("announcement.add")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AnnouncementForm(*sent, actor=request.actor)
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            row = services.draft(**form.said, actor=request.actor)
            _attached(request, row, form.cleaned_data["file"])
            messages.success(request, "草稿已保存，核对后即可发布。")
            return redirect("announcement", ref=row.ref)
    return render(request, "tiers/announcement_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(EDIT)
def edit(request: PortalRequest, ref: str) -> HttpResponse:
    """Put a draft differently, add a file."""
    row = selectors.own_announcement_for(request.actor, ref)
    if row.state != AnnouncementState.DRAFT:
        raise Refused("公告已发布，内容不能再修改。需要更正的，请撤回后另行发布。")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = {name: getattr(row, name) for name in ("title", "text", "round", "is_pinned")}
    form = AnnouncementForm(*sent, initial=initial, actor=request.actor)
    version = request.POST.get("version", "") if form.is_bound else str(row.version)
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            services.edit(row, version=seen, **form.said, actor=request.actor)
            _attached(request, row, form.cleaned_data["file"])
            messages.success(request, "草稿已保存。")
            return redirect("announcement", ref=ref)
    context = {"form": form, "row": row, "version": seen, "files": selectors.files(row)}
    return render(request, "tiers/announcement_form.html", context, status=422 if form.errors else 200)


@require_POST
def publish(request: PortalRequest, ref: str) -> HttpResponse:
    """Make it known."""
    services.publish(selectors.own_announcement_for(request.actor, ref), actor=request.actor)
    messages.success(request, "公告已发布。")
    return redirect("announcement", ref=ref)


@require_http_methods(EDIT)
def withdraw(request: PortalRequest, ref: str) -> HttpResponse:
    """Take it back, with a reason that everybody reads."""
    row = selectors.own_announcement_for(request.actor, ref)
    form = ReasonForm(request.POST if request.method == "POST" else None, label="撤回理由")
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            services.withdraw(row, reason=form.cleaned_data["reason"], actor=request.actor)
            messages.success(request, "公告已撤回。")
            return redirect("announcement", ref=ref)
    return render(
        request, "tiers/announcement_withdraw.html", {"form": form, "row": row}, status=422 if form.errors else 200
    )


@require_POST
def pin(request: PortalRequest, ref: str) -> HttpResponse:
    """Keep it on top, or no longer."""
    is_pinned = request.POST.get("pinned") == "yes"
    services.pin(selectors.own_announcement_for(request.actor, ref), is_pinned=is_pinned, actor=request.actor)
    messages.success(request, "公告已置顶。" if is_pinned else "已取消置顶。")
    return redirect("announcement", ref=ref)


@require_POST
def discard(request: PortalRequest, ref: str) -> HttpResponse:
    """Throw a draft away."""
    services.discard(selectors.own_announcement_for(request.actor, ref), actor=request.actor)
    messages.success(request, "公告草稿已删除。")
    return redirect("announcements")


@login_not_required
@require_safe
def file(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """A file that comes with an announcement, always to be saved."""
    found = selectors.file_for(request.actor, selectors.announcement_for(request.actor, ref), pk)
    return FileResponse(downloads.opened(found), as_attachment=True, filename=found.name)


@require_POST
def file_remove(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Take a file away from a draft."""
    row = selectors.own_announcement_for(request.actor, ref)
    services.detach(selectors.file_for(request.actor, row, pk), actor=request.actor)
    messages.success(request, "附件已移除。")
    return redirect("announcement_edit", ref=ref)
