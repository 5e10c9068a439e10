"""Every address of the ladder."""

from django.urls import URLPattern, path

from tiers.views import editions, imports, recognitions

urlpatterns: list[URLPattern] = [
    path("recognitions/", recognitions.recognitions, name="recognitions"),
    path("recognitions/export.xlsx", recognitions.export, name="recognition_export"),
    path("recognitions/add/", recognitions.add, name="recognition_add"),
    path("recognitions/import/", imports.recognition_upload, name="recognition_upload"),
    path("recognitions/import/template.xlsx", imports.recognition_template, name="recognition_template"),
    path("recognitions/import/<str:ref>/", imports.recognition_import, name="recognition_import"),
    path(
        "recognitions/import/<str:ref>/confirm/",
        imports.recognition_import_confirm,
        name="recognition_import_confirm",
    ),
    path(
        "recognitions/import/<str:ref>/errors.xlsx",
        imports.recognition_import_errors,
        name="recognition_import_errors",
    ),
    path("recognitions/<str:ref>/", recognitions.recognition, name="recognition"),
    path("recognitions/<str:ref>/amend/", recognitions.amend, name="recognition_amend"),
    path("recognitions/<str:ref>/factory/", recognitions.factory, name="recognition_factory"),
    path("recognitions/<str:ref>/review/", recognitions.act, {"action": "review"}, name="recognition_review"),
    path("recognitions/<str:ref>/restore/", recognitions.act, {"action": "restore"}, name="recognition_restore"),
    path("recognitions/<str:ref>/revoke/", recognitions.act, {"action": "revoke"}, name="recognition_revoke"),
    path("editions/", editions.editions, name="editions"),
    path("editions/<str:code>/", editions.edition, name="edition"),
    path("editions/<str:code>/scenarios/", imports.scenario_upload, name="scenario_upload"),
    path("editions/<str:code>/scenarios/template.xlsx", imports.scenario_template, name="scenario_template"),
    path("editions/<str:code>/scenarios/<str:ref>/", imports.scenario_import, name="scenario_import"),
    path(
        "editions/<str:code>/scenarios/<str:ref>/confirm/",
        imports.scenario_import_confirm,
        name="scenario_import_confirm",
    ),
    path(
        "editions/<str:code>/scenarios/<str:ref>/errors.xlsx",
        imports.scenario_import_errors,
        name="scenario_import_errors",
    ),
]
