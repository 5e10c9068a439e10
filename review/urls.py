"""Addresses of the review."""

from django.urls import path

from review.views import copies

urlpatterns = [
    path("rounds/<str:ref>/copies/", copies.copies, name="copies"),
    path("copies/<int:pk>/strike/", copies.strike, name="copies_strike"),
]
