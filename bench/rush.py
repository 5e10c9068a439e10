"""The evening of a deadline: `make rush` (python -m bench.rush), against servers of its own.

PostgreSQL that flushes every commit, Redis, the worker, and the web server with the very command of `make run`; on
the same machine 200 people, each with an application of an own enterprise. They begin over two minutes and save a
field every few seconds; in the last minute before the deadline each opens the check and the submit page, commits with
name and password, and hands in (a few begin that only after the deadline); in the minute after it they all try again.
Sessions are made beforehand: signing in is not part of it. For comparison a few people do the same before, while
nothing else is going on. Then the database is asked whether everything that was acknowledged is there, and nothing
else.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from portal.embedded import services, supervisor

if TYPE_CHECKING:
    from bench.applicants import Applicant
    from bench.measure import Figure
    from bench.writers import Log

ROOT = Path(__file__).resolve().parent.parent
PEOPLE, QUIET, WARMING = 200, 6, 4
RAMP, LAST, LATE = 120.0, 60.0, 60.0
TOO_LATE = 10  # so many begin to hand in only when it is over
RATIO = 4.0
KINDS = ("page", "save", "submit")


def main() -> int:
    """Prepare, rush, judge; the exit code."""
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-rush-")))
        port = int(os.environ.get("PORT") or "8023")
        os.environ |= {"PORTAL_VAR": str(folder), "PUBLIC_URL": f"http://127.0.0.1:{port}", "LOG_LEVEL": "ERROR"}
        os.environ |= stack.enter_context(services(folder))
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
        for command in ("migrate", "createcachetable", "load_reference", "collectstatic --no-input"):
            ran = [sys.executable, "manage.py", *command.split(), "-v", "0"]
            subprocess.run(ran, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        django.setup()
        figures = list(_rushed(stack, port))
    print(f"\n{time.monotonic() - began:.0f} s in all")
    return int(any(figure.verdict == "FAILED" for figure in figures))


def _rushed(stack: ExitStack, port: int) -> Iterator["Figure"]:
    # Django's models can be imported only now.
    from bench import aftermath, world
    from bench.applicants import officials, open_round, ready

    began = time.monotonic()
    world.grow(PEOPLE + QUIET + WARMING + 50)
    officer, head = officials()
    round_ = open_round(officer, head)
    people = ready(round_, officer, PEOPLE + QUIET + WARMING)
    print(f"{len(people)} applications ready to hand in after {time.monotonic() - began:.0f} s", flush=True)
    stack.enter_context(_served(port))
    warm = _quiet(port, people[-WARMING:])  # each process has read by now what it reads once
    idle = _quiet(port, people[:QUIET])
    print(f"{QUIET} people alone: {sum(len(log.asked) for log in idle)} requests", flush=True)
    now = time.time() + 2
    closes = now + RAMP + LAST
    aftermath.set_deadline(round_, datetime.fromtimestamp(closes, UTC))
    logs = _hurried(port, people[QUIET:-WARMING], now, closes)
    _report(logs, closes)
    load, _, _ = os.getloadavg()
    print(f"{os.cpu_count()} cores, load {load:.1f} at the end: what others did on this machine counts against it")
    for figure in (*_times(idle, logs, closes), *aftermath.judged(round_, warm + idle + logs)):
        print(figure, flush=True)
        yield figure


@contextmanager
def _served(port: int) -> Iterator[None]:
    """The portal's processes as `make run` starts them."""
    started = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in supervisor.commands(port).values()
    ]
    try:
        _await(port)
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def _await(port: int) -> None:
    import http.client

    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the portal did not start")


def _quiet(port: int, people: list["Applicant"]) -> list["Log"]:
    """The same mix by a few people, one after another by a little."""
    from bench.writers import Plan, Writer, written

    now = time.time() + 1
    plans = [Plan(now + place, now + 22 + 2 * place, 0, 0, 1.0, 14) for place in range(len(people))]
    return written([Writer(port, who, plan) for who, plan in zip(people, plans, strict=True)])


def _hurried(port: int, people: list["Applicant"], now: float, closes: float) -> list["Log"]:
    from bench.writers import Plan, Writer, written

    writers = []
    for place, who in enumerate(people):
        share = place / len(people)
        # Everybody hands in during the last minute, the last of them when it is already over.
        left = len(people) - place
        submits = closes - LAST + share * LAST if left > TOO_LATE else closes + 0.2 * left
        writers.append(Writer(port, who, Plan(now + share * RAMP, submits, closes, closes + LATE, 5.0, 14)))
    return written(writers)


# -- what is said of it ----------------------------------------------------------------------------------------------
def _report(logs: list["Log"], closes: float) -> None:
    """Second by second, on the clock of the deadline: how many requests, and the slowest but one in twenty by kind."""
    from bench.writers import seconds_of

    print(f"{'second':>7} {'asked':>6} " + " ".join(f"{kind + ' p95':>11}" for kind in KINDS) + "  (ms; - none)")
    for second in seconds_of(logs):
        by_kind = (_p95(one.seconds for one in second["asked"] if one.kind.endswith(kind)) for kind in KINDS)
        cells = " ".join(f"{'-' if value is None else f'{value * 1000:.0f}':>11}" for value in by_kind)
        print(f"{second['at'] - closes:>7.0f} {len(second['asked']):>6} {cells}")


def _times(idle: list["Log"], logs: list["Log"], closes: float) -> Iterator["Figure"]:
    from bench.measure import Figure

    before = [one for log in idle for one in log.asked]
    during = [one for log in logs for one in log.asked if one.at < closes]
    for kind in (*KINDS, ""):
        quiet = [one.seconds for one in before if kind in {"", one.kind}]
        rush = [one.seconds for one in during if kind in {"", one.kind}]
        slow, fast = _p95(rush) or 0.0, _p95(quiet) or 1.0
        middle = f"; medians {statistics.median(quiet) * 1000:.0f} → {statistics.median(rush) * 1000:.0f} ms"
        note = f"{fast * 1000:.0f} → {slow * 1000:.0f} ms, {len(quiet)} → {len(rush)} requests{middle}"
        yield Figure(f"rush: p95 of {kind or 'everything'} to idle", slow / fast, "×", RATIO, note)


def _p95(values: Any) -> float | None:
    found = sorted(values)
    return found[max(0, -(-len(found) * 95 // 100) - 1)] if found else None


if __name__ == "__main__":
    sys.exit(main())
