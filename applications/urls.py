"""Every address of the applications."""

from django.urls import path

from applications.views import cases, reviewing, starting, submitting, writing

_ONE, _VERSION = "applications/<str:ref>/", "applications/<str:ref>/versions/<int:version>/"

urlpatterns = [
    path("rounds/<str:ref>/apply/", starting.apply, name="apply"),
    path("applications/", starting.applications, name="applications"),
    path(_ONE, cases.application, name="application"),
    path(f"{_ONE}sections/<slug:key>/", writing.section, name="application_section"),
    path(f"{_ONE}files/<int:pk>/", writing.attachment, name="attachment"),
    path(f"{_ONE}late/<int:pk>/", writing.late_draft, name="late_draft"),
    path(f"{_ONE}sources/", writing.sources, name="application_sources"),
    path(f"{_ONE}carry-over/", writing.carry_over, name="application_carry_over"),
    path(f"{_ONE}check/", submitting.check, name="application_check"),
    path(f"{_ONE}ask/", submitting.ask, name="application_ask"),
    path(f"{_ONE}submit/", submitting.submit, name="application_submit"),
    path(f"{_ONE}withdraw/", submitting.withdraw, name="application_withdraw"),
    path(f"{_ONE}discard/", starting.discard, name="application_discard"),
    path(f"{_ONE}return/", reviewing.send_back, name="application_return"),
    path(f"{_ONE}extend/", reviewing.extend, name="application_extend"),
    path(_VERSION, cases.submission, name="submission"),
    path(f"{_VERSION}done/", submitting.confirmation, name="confirmation"),
    path(f"{_VERSION}receipt.pdf", submitting.receipt, name="receipt"),
    path(f"{_VERSION}document.json", cases.document, name="submission_document"),
    path(f"{_VERSION}changes/", cases.changes, name="submission_changes"),
    path(f"{_VERSION}files/<int:pk>/", cases.submitted_file, name="submitted_file"),
]
