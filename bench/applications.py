"""What it costs to save a section of an application, and to open its task list.

A save is the real PATCH of /api/v1/applications/<ref>/sections/<key>/: every middleware of the portal, session, CSRF,
walls, gate, lock, rules, record, and the answer with what is not right yet. It is held against a bare Django view: the
same WSGI handler with no middleware at all, in a request transaction as the portal's, that reads a small JSON body,
does one UPDATE of one row through the ORM, and answers JSON. Both are called as WSGI applications in this process, in
turns, warm; what is compared is the median CPU time of this process. The note adds what the database's own process
spent on each, in the mean.
"""

import io
import itertools
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from applications.models import Application, ApplicationSection, Event, LateDraft
from bench.applicants import Applicant, one
from bench.measure import Figure, median_of
from portal import clock, walls
from portal.models import Heartbeat, User

SAVE_GOAL, TASKS_GOAL = 8.0, 12
ROUNDS, RUNS = 50, 4  # short turns: what else the machine does then falls on both
KEY = "factory"
_HARMLESS = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config", "BEGIN", "COMMIT")
_TOKEN = "b" * 32


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """One UPDATE of one row."""
    said = json.loads(request.body)
    changed = Heartbeat.objects.filter(name="bench").update(at=clock.now())
    return JsonResponse({"version": said["version"], "changed": changed})


urlpatterns = [path("bare/", bare)]


def measured() -> Iterator[Figure]:
    """A save to a bare UPDATE; the task list's queries, small and large, and its time."""
    applicant = one()
    Heartbeat.objects.update_or_create(name="bench", defaults={"at": clock.now()})
    yield _saving(applicant)
    yield from _task_list(applicant)


# -- saving ----------------------------------------------------------------------------------------------------------
def _saving(applicant: Applicant) -> Figure:
    with override_settings(MIDDLEWARE=[]):
        plain = WSGIHandler()
    portal, number = WSGIHandler(), itertools.count(version_of(applicant))
    save = partial(saved, portal, applicant, number)
    acts = {"save": save, "bare": partial(_bare, plain)}
    with override_settings(ROOT_URLCONF="bench.applications"):
        acts["bare"]()
    taken: dict[str, list[float]] = {name: [] for name in acts}
    database: dict[str, float] = dict.fromkeys(acts, 0.0)
    for _ in range(ROUNDS):
        for name, act in acts.items():
            conf = settings.ROOT_URLCONF if name == "save" else "bench.applications"
            with override_settings(ROOT_URLCONF=conf):
                act()
                before = _database_seconds()
                taken[name] += [_cpu(act) for _ in range(RUNS)]
                database[name] += _database_seconds() - before
    mine, its = statistics.median(taken["save"]), statistics.median(taken["bare"])
    ms = {name: seconds / (ROUNDS * RUNS) * 1000 for name, seconds in database.items()}
    note = f"{mine * 1000:.2f} to {its * 1000:.2f} ms CPU; in the database {ms['save']:.1f} to {ms['bare']:.1f} ms"
    return Figure("application: saving a section to a bare UPDATE", mine / its, "×", SAVE_GOAL, note)


def version_of(applicant: Applicant) -> int:
    """The version of the section that is saved."""
    with walls.system("bench"):
        return ApplicationSection.objects.get(application_id=applicant.application, key=KEY).version


def saved(portal: WSGIHandler, applicant: Applicant, version: Iterator[int]) -> None:
    """Save one field, as the page does while somebody types."""
    seen = next(version)
    body = {"version": seen, "answers": {"project": f"智能工厂项目{seen}"}}
    cookies = f"{settings.SESSION_COOKIE_NAME}={applicant.session}; {settings.CSRF_COOKIE_NAME}={_TOKEN}"
    address = f"/api/v1/applications/{applicant.ref}/sections/{KEY}/"
    status, text = _called(portal, "PATCH", address, body, HTTP_COOKIE=cookies, HTTP_X_CSRFTOKEN=_TOKEN)
    if status != 200 or json.loads(text)["version"] != seen + 1:
        raise RuntimeError(f"{status} {text.decode()}")


def _bare(plain: WSGIHandler) -> None:
    status, text = _called(plain, "PATCH", "/bare/", {"version": 1, "answers": {"project": "智能工厂项目"}})
    if status != 200 or not json.loads(text)["changed"]:
        raise RuntimeError(f"{status} {text.decode()}")


def _called(
    application: WSGIHandler, method: str, address: str, said: dict[str, Any], **more: str
) -> tuple[int, bytes]:
    """Call a WSGI application as a server would."""
    body = json.dumps(said, ensure_ascii=False).encode()
    answer: list[str] = []
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": address, "QUERY_STRING": "",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "testserver",
        "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        **more,
    }  # fmt: skip
    response: Any = application(environ, lambda status, _headers, _error=None: answer.append(status))
    text = b"".join(response)
    response.close()
    return int(answer[0][:3]), text


def _cpu(act: Callable[[], Any]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def _database_seconds() -> float:
    """What this connection's own process in the database has spent so far."""
    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


# -- the task list ---------------------------------------------------------------------------------------------------
def _task_list(applicant: Applicant) -> Iterator[Figure]:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = applicant.session
    address = f"/applications/{applicant.ref}/"
    few = _queries(browser, address)
    taken = median_of(partial(browser.get, address), 25)
    _more(applicant)
    many, later = _queries(browser, address), median_of(partial(browser.get, address), 25)
    note = f"{few} with little in it; {taken * 1000:.1f} → {later * 1000:.1f} ms"
    yield Figure("application: task list, queries with much in it", many, "", TASKS_GOAL, note)


def _queries(browser: Client, address: str) -> int:
    assert browser.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as found:
        browser.get(address)
    return sum(not query["sql"].startswith(_HARMLESS) for query in found.captured_queries)


def _more(applicant: Applicant) -> None:
    """A long history: lines of the timeline, and things that came too late."""
    with walls.system("bench"):
        row = Application.objects.get(pk=applicant.application)
        keys = {"unit_id": row.unit_id, "city_id": row.city_id, "enterprise_id": row.enterprise_id}
        by = User.objects.get(pk=applicant.user)
        said = {"application": row, "at": clock.now(), "by": by, **keys}
        Event.objects.bulk_create(Event(**said, office="甲企业", action=f"第{n}步") for n in range(60))
        LateDraft.objects.bulk_create(
            LateDraft(**said, section=KEY, answers={"project": str(n)}, reason="已截止。") for n in range(30)
        )
