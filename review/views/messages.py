"""Messages: the conversations of a place, one of them, and striking out a slip."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest, paged, refusal_shown_on
from review.forms.copies import StrikeForm
from review.forms.messages import ConversationsForm, MessageForm
from review.selectors import messages as selectors
from review.services import messages as services


@require_safe
def conversations(request: PortalRequest) -> HttpResponse:
    """The applications at which I can talk, with what is unread."""
    if not may(request.actor, "message.list"):
        raise Denied("message.list")
    form = ConversationsForm(request.GET)
    context = {"form": form, "wanted": form.is_narrow, "is_office": selectors.is_office(request.actor)}
    context["page"] = paged(request, form.narrowed(selectors.conversations(request.actor)))
    return render(request, "review/conversations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: PortalRequest, ref: str) -> HttpResponse:
    """What both sides said at an application, and saying more; opening it marks the other side's lines as read."""
    row = selectors.conversation_for(request.actor, ref)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            services.write(row, text=form.cleaned_data["text"], actor=request.actor)
            messages.success(request, "留言已发送，并已通知对方。")
            return redirect("conversation", ref=ref)
    context = {"application": row, "form": form, "page": paged(request, selectors.said_at(request.actor, row))}
    context["is_office"] = selectors.is_office(request.actor)
    response = render(request, "review/messages.html", context, status=422 if form.errors else 200)
    if request.method == "GET":
        services.mark_read(row, actor=request.actor)
    return response


@require_POST
def strike(request: PortalRequest, pk: int) -> HttpResponse:
    """Strike out a slip of my own office."""
    row = selectors.message_for(request.actor, pk)
    form = StrikeForm(request.POST)
    services.strike(row, reason=form.cleaned_data["reason"] if form.is_valid() else "", actor=request.actor)
    messages.success(request, "留言已撤销，对方不再看到其内容。")
    return redirect("conversation", ref=row.ref)
