"""Every address of the ladder."""

from django.urls import URLPattern, path

from tiers.views import calendar, round_changes, round_drafts, rounds

urlpatterns: list[URLPattern] = [
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/add/", rounds.add, name="round_add"),
    path("rounds/<str:ref>/", rounds.round_, name="round"),
    path("rounds/<str:ref>/clone/", rounds.clone, name="round_clone"),
    path("rounds/<str:ref>/basics/", round_drafts.basics, name="round_basics"),
    path("rounds/<str:ref>/general/", round_drafts.general, name="round_general"),
    path("rounds/<str:ref>/rules/", round_drafts.rules, name="round_rules"),
    path("rounds/<str:ref>/rows/<slug:part>/", round_drafts.rows, name="round_rows"),
    path("rounds/<str:ref>/dates/", round_changes.dates, name="round_dates"),
    path("rounds/<str:ref>/quota/", round_changes.quota, name="round_quota"),
    path("rounds/<str:ref>/extend/", round_changes.extend, name="round_extend"),
    path("rounds/<str:ref>/discard/", rounds.discard, name="round_discard"),
    path("rounds/<str:ref>/do/<slug:action>/", rounds.act, name="round_act"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<int:pk>/remove/", calendar.remove, name="calendar_remove"),
]
