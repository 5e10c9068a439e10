"""Every address of the ladder."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
