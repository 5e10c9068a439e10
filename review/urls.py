"""Addresses of the review."""

from django.urls import path

from review.views import copies, messages

urlpatterns = [
    path("rounds/<str:ref>/copies/", copies.copies, name="copies"),
    path("copies/<int:pk>/strike/", copies.strike, name="copies_strike"),
    path("messages/", messages.conversations, name="messages"),
    path("messages/<int:pk>/strike/", messages.strike, name="message_strike"),
    path("applications/<str:ref>/messages/", messages.conversation, name="conversation"),
]
