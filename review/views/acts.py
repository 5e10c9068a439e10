"""One page for every act of the review that has a form of its own: what it does, its form, its button."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from portal.views.page import PortalRequest, refusal_shown_on


@dataclass(frozen=True)
class Back:
    """Where an act leads back to."""

    label: str
    address: str


@dataclass(frozen=True)
class Act:
    """What the page says: its heading, what follows from the act, the button, what was done, where it leads back to."""

    title: str
    lead: str
    button: str
    done: str
    back: Back
    is_grave: bool = False


def perform(request: PortalRequest, act: Act, form: forms.Form, do: Callable[[dict[str, Any]], object]) -> HttpResponse:
    """Show the form, or do what it says and go back; a refusal stands at the form, with everything that was typed."""
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            do(form.cleaned_data)
            messages.success(request, act.done)
            return redirect(act.back.address)
    return render(request, "review/act.html", {"form": form, "act": act}, status=422 if form.errors else 200)
