"""Facts that departments record about an applicant."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.actors import Actor
from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest
from review.forms.first_reviews import FindingForm, ReasonForm
from review.selectors import sign_offs as selectors
from review.services import findings as services
from review.views.acts import Act, Back, perform

_ANY = ["GET", "HEAD", "POST"]


def _back(actor: Actor, ref: str) -> Back:
    if may(actor, "sign_off.list"):
        return Back("会签事项", reverse("sign_offs"))
    return Back("初审", reverse("first_review", args=[ref]))


@require_http_methods(_ANY)
def record(request: PortalRequest, ref: str) -> HttpResponse:
    """Record a fact."""
    row = selectors.application_known_to(request.actor, ref)
    if not may(request.actor, "finding.record", row):
        raise Denied("finding.record")
    lead = f"{row.enterprise.name}（{row.number}）。事实须有来源，登记后在初审和名单中显示。"
    act = Act("登记核查事实", lead, "登记", "已登记。", _back(request.actor, ref))
    form = FindingForm(request.POST or None)
    return perform(request, act, form, lambda said: services.record(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def strike(request: PortalRequest, pk: int) -> HttpResponse:
    """Strike out what was recorded by mistake."""
    row = selectors.finding_for(request.actor, pk)
    lead = f"{row.get_kind_display()}：{row.text}"
    act = Act("撤销核查事实", lead, "撤销", "已撤销。", _back(request.actor, row.application.ref), is_grave=True)
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: services.strike(row, **said, actor=request.actor))
