"""Writers before a deadline: threads with a connection each, that save, submit and come too late, and remember all."""

import http.client
import json
import random
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bench.applicants import PASSWORD, Applicant

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_VERSION = re.compile(r'name="version"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="version"')
# Section → the field that is typed into; long ones as they are, with a mark that tells each save from every other.
_TYPED = {"unit": "business", "factory": "project", "effects": "plan", "scenarios": "overview"}
_TEXT = "围绕设计、生产、管理、服务全过程，统一规划网络、数据和系统底座，关键工序实现自动化作业和在线检测。" * 4


@dataclass(frozen=True)
class Asked:
    """One request: when it was sent (on the clock of the wall), how long it took, what it was, how it was answered."""

    at: float
    seconds: float
    kind: str
    status: int


@dataclass
class Log:
    """What one writer did, and what was acknowledged: the last answer of each field, and the submission."""

    applicant: Applicant
    asked: list[Asked] = field(default_factory=list)
    acknowledged: dict[tuple[str, str], str] = field(default_factory=dict)
    submitted: list[str] = field(default_factory=list)
    kept_late: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """When a writer begins, hands in and stops trying (seconds on the clock of the wall), and how long it pauses."""

    begins: float
    submits: float
    closes: float
    stops: float
    pause: float
    saves: int


class Writer(threading.Thread):
    """One person at an application."""

    def __init__(self, port: int, applicant: Applicant, plan: Plan) -> None:
        super().__init__(daemon=True)
        self.port, self.plan, self.log = port, plan, Log(applicant)
        self.dice = random.Random(applicant.ref)  # noqa: S311 — the same rush every time
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies = {"sessionid": applicant.session}
        self.token, self.versions, self.count = "", dict.fromkeys(_TYPED, 0), 0

    def run(self) -> None:
        """Look around, write until it is time, hand in, and come back when it is too late."""
        plan, ref = self.plan, self.log.applicant.ref
        try:
            _until(plan.begins)
            self.page(f"/applications/{ref}/")
            for section in _TYPED:
                self.versions[section] = int(self.page(f"/applications/{ref}/sections/{section}/") or 0)
            while self.count < plan.saves and time.time() < plan.submits - plan.pause:
                self.save()
                time.sleep(plan.pause * self.dice.uniform(0.5, 1.5))
            _until(plan.submits)
            self.hand_in("submit")
            self.late()
        except Exception as error:
            self.log.broken.append(f"{type(error).__name__}: {error}")
        finally:
            self.connection.close()

    def late(self) -> None:
        """After the deadline: a save at once, another try to hand in, and a save later."""
        if self.plan.stops <= self.plan.closes:
            return
        _until(self.plan.closes + self.dice.uniform(0.0, 5.0))
        self.save("late save")
        _until(self.plan.closes + self.dice.uniform(8.0, 45.0))
        self.hand_in("late submit")
        self.save("late save")

    # -- what a browser sends ----------------------------------------------------------------------------------------
    def page(self, address: str) -> str:
        """Open a page; the version that its form carries."""
        _, text, _ = self.ask("page", "GET", address)
        if found := _TOKEN.search(text):
            self.token = found[1]
        version = _VERSION.search(text)
        return (version[1] or version[2]) if version else ""

    def save(self, kind: str = "save") -> None:
        """Save a field, as the page does at a pause in typing."""
        section = list(_TYPED)[self.count % len(_TYPED)]
        self.count += 1
        key, ref = _TYPED[section], self.log.applicant.ref
        text = f"{ref}第{self.count}次保存" + ("" if key == "project" else _TEXT)
        said = {"version": self.versions[section], "answers": {key: text}}
        status, answer, _ = self.ask(
            kind, "PATCH", f"/api/v1/applications/{ref}/sections/{section}/", json.dumps(said), "application/json"
        )
        if status == 200:
            self.versions[section] = json.loads(answer)["version"]
            self.log.acknowledged[section, key] = text
        elif status == 409 and "late" in json.loads(answer):
            self.log.kept_late += 1

    def hand_in(self, kind: str) -> None:
        """Look at the check, commit, prove who one is, hand in, and read the confirmation."""
        ref = self.log.applicant.ref
        self.page(f"/applications/{ref}/check/")
        version = self.page(f"/applications/{ref}/submit/") or "1"
        said = {"csrfmiddlewaretoken": self.token, "version": version, "name": self.log.applicant.name}
        said |= {"password": PASSWORD, "truth": "on", "secrecy": "on", "willing": "on"}
        form = "application/x-www-form-urlencoded"
        status, _, leads = self.ask(kind, "POST", f"/applications/{ref}/submit/", urlencode(said), form)
        if status == 302:
            self.log.submitted.append(leads)
            self.page(leads)

    def ask(self, kind: str, method: str, address: str, body: str = "", media: str = "") -> tuple[int, str, str]:
        """Ask and remember; a connection that the server closed between two requests is opened anew, as browsers do."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": media, "X-CSRFToken": self.token}
        at, began = time.time(), time.perf_counter()
        answer = self._answer(method, address, body.encode(), headers)
        text = answer.read().decode()
        self.log.asked.append(Asked(at, time.perf_counter() - began, kind, answer.status))
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text, answer.headers.get("Location") or ""

    def _answer(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> http.client.HTTPResponse:
        try:
            self.connection.request(method, address, body or None, headers)
            return self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.connection.close()
            self.connection.request(method, address, body or None, headers)
            return self.connection.getresponse()


def _until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))


def written(writers: list[Writer]) -> list[Log]:
    """Let them all write; what each did."""
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return [writer.log for writer in writers]


def seconds_of(logs: list[Log]) -> Iterator[dict[str, Any]]:
    """The rush second by second: what was asked in each."""
    asked = sorted((one for log in logs for one in log.asked), key=lambda one: one.at)
    start = int(asked[0].at)
    for second in range(start, int(asked[-1].at) + 1):
        yield {"at": second, "asked": [one for one in asked if int(one.at) == second]}
