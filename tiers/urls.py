"""Every address of the ladder."""

from django.urls import path

from tiers import api
from tiers.views import assessments, factories, filings, results, sections

urlpatterns = [
    path("factories/", factories.factories, name="factories"),
    path("factories/new/", factories.factory_new, name="factory_new"),
    path("factories/<str:ref>/", factories.factory, name="factory"),
    path("factories/<str:ref>/amend/", factories.factory_amend, name="factory_amend"),
    path("factories/<str:ref>/assess/", assessments.begin, name="assessment_begin"),
    path("assessments/<str:ref>/", assessments.assessment, name="assessment"),
    path("assessments/<str:ref>/amend/", assessments.assessment_amend, name="assessment_amend"),
    path("assessments/<str:ref>/make-current/", assessments.make_current, name="assessment_make_current"),
    path("assessments/<str:ref>/discard/", assessments.discard, name="assessment_discard"),
    path("assessments/<str:ref>/result/", results.result, name="result"),
    path("assessments/<str:ref>/compare/<str:other>/", results.compare, name="compare"),
    path("assessments/<str:ref>/files/<int:pk>/", sections.evidence_file, name="evidence_file"),
    path("assessments/<str:ref>/file/", filings.file, name="file"),
    path("assessments/<str:ref>/sections/<slug:key>/", sections.section, name="section"),
    path("filings/", filings.filings, name="filings"),
    path("filings/<str:ref>/", filings.filing, name="filing"),
    path("filings/<str:ref>/confirm/", filings.confirm, name="filing_confirm"),
    path("filings/<str:ref>/return/", filings.send_back, name="filing_return"),
    path("filings/<str:ref>/withdraw/", filings.withdraw, name="filing_withdraw"),
    path("filings/<str:ref>/files/<int:pk>/", filings.filed_file, name="filed_file"),
    path("api/v1/assessments/<str:ref>/sections/<slug:key>/", api.section, name="api_section"),
    path("api/v1/assessments/<str:ref>/files/", api.files, name="api_files"),
    path("api/v1/assessments/<str:ref>/files/<int:pk>/", api.file, name="api_file"),
]
