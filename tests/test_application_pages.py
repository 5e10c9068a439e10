"""The pages and the API of applications: what their people do, and what is answered to bad input."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, Attachment, LateDraft, Submission
from portal import walls
from portal.models import AuditEvent
from tests import applications as made
from tests import factories, rounds
from tests.factories import PASSWORD, People
from tests.rounds import MICROSECOND
from tests.uploads import PDF, PNG

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
MOST_QUERIES = 12


def _page(name: str, row: Application, *more: Any) -> str:
    return reverse(name, args=[row.ref, *more])


def _patch(client: Client, row: Application, key: str, answers: dict[str, Any], version: int | None = None) -> Any:
    if version is None:
        with walls.system("test"):
            version = row.sections.get(key=key).version
    address = _page("api_application_section", row, key)
    return client.patch(address, {"version": version, "answers": answers}, content_type="application/json")


# -- speed ------------------------------------------------------------------------------------------------------------
def test_task_list_takes_few_queries_whatever_the_size(people: People, client_as: ClientAs) -> None:
    client, counts = client_as(people.enterprise_clerk_a), []
    round_ = rounds.current(people)
    for row in (made.begun(people, round_=round_), made.submitted(people, round_=round_, factory=_another(people))):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_page("application", row)).status_code == 200
        counts.append(len(queries))
    for q in queries.captured_queries:
        print("Q", q["sql"][:60].replace("\n", " "), "…", q["sql"][q["sql"].find("FROM"):][:50])
    assert max(counts) <= MOST_QUERIES


def _another(people: People) -> Any:
    return made.eligible_factory(people)
