"""An organisation's seal, and the seals on a paper."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.account_forms import StampForm
from portal.errors import Denied, Hidden
from portal.forms import SealForm
from portal.papers import document
from portal.rules import may
from portal.selectors import seals as selectors
from portal.selectors.papers import paper_for
from portal.services import seals as services
from portal.views.page import PortalRequest, refusal_shown_on


@require_http_methods(["GET", "HEAD", "POST"])
def seal(request: PortalRequest) -> HttpResponse:
    """What my organisation stamps with; another picture of its seal."""
    holder = selectors.holder_of(request.actor)
    form = SealForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.keep(form.cleaned_data["file"], form.cleaned_data["file"].name, actor=request.actor)
            messages.success(request, "印章图片已启用。")
            return redirect("seal")
    means = selectors.means_of(holder)
    context = {"holder": holder, "means": means, "key": selectors.certificate_of(holder), "form": form}
    return render(request, "portal/seal.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: PortalRequest) -> HttpResponse:
    """Use the picture no longer."""
    services.remove(actor=request.actor)
    messages.success(request, "印章图片已停用。此前用印的文书不受影响。")
    return redirect("seal")


@require_safe
@never_cache
def picture(request: PortalRequest) -> FileResponse:
    """My organisation's seal, for its own page."""
    row = selectors.seal_of(selectors.holder_of(request.actor))
    if row is None:
        raise Hidden("seal", "")
    return FileResponse(default_storage.open(row.stored), content_type="image/png")


@require_safe
@never_cache
def paper_seals(request: PortalRequest, code: str) -> HttpResponse:
    """What a paper bears and where: pictures, signatures as they are read back, places left for ink."""
    row = paper_for(request.actor, code)
    signatures = {found.key: found for found in selectors.signatures_on(row)}
    places = [
        (place, may(request.actor, "paper.stamp", place), signatures.get(place.key))
        for place in selectors.places_on(row)
    ]
    context = {"paper": row, "document": document(row.kind), "places": places, "digest": selectors.file_of(row)[1]}
    return render(request, "portal/paper_seals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def stamp(request: PortalRequest, code: str, key: str) -> HttpResponse:
    """Put my organisation's seal on a paper."""
    row = paper_for(request.actor, code)
    place = selectors.place_on(row, key)
    if not may(request.actor, "paper.stamp", place):
        raise Denied("paper.stamp")
    form = StampForm(request.POST or None, user=request.actor.person)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.stamp(row, key, proved_by=form.proved_by, actor=request.actor)
            messages.success(request, f"{place.name}已在该文书上用印。")
            return redirect("paper_seals", code=row.code)
    context = {"paper": row, "document": document(row.kind), "place": place, "form": form}
    context |= selectors.stamping_facts(request.actor, row, place)
    return render(request, "portal/stamp.html", context, status=422 if form.errors else 200)
