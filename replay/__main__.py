"""The 2024 round replayed on real input: `make replay-2024` (python -m replay), against servers of its own.

A rehearsal with the clock held by the script: PostgreSQL, Redis, the web server, worker, press and beat run as in
`make run`. Dossiers from tests/dossiers go through the services as their own people. What is produced stays in
var/replay-2024; the ledger says what it was, and is the same after every run: docs/replay-2024.json is held against it.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

from portal.embedded import services, supervisor

if TYPE_CHECKING:
    from replay.ledger import Ledger

ROOT = Path(__file__).resolve().parent.parent
OUTPUT, KEPT = ROOT / "var" / "replay-2024", ROOT / "docs" / "replay-2024.json"
BEGINS = "2024-11-07T08:00"


def main() -> int:
    """Run, and compare with the ledger on file; the exit code."""
    began = time.monotonic()
    asked = _arguments()
    shutil.rmtree(asked.into, ignore_errors=True)
    asked.into.mkdir(parents=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-replay-")))
        _prepared(stack, folder)
        stack.enter_context(_running(int(os.environ.get("PORT") or "8024")))
        ledger, count = _replayed(asked.into)
        broken = subprocess.run([sys.executable, "manage.py", "check_invariants"], cwd=ROOT).returncode
    text = json.dumps({"digest": ledger.digest, "steps": ledger.document()}, ensure_ascii=False, indent=1) + "\n"
    (asked.into / "ledger.json").write_text(text, "utf-8")
    print(f"\n{len(ledger.steps)} steps in {time.monotonic() - began:.0f} s; ledger {ledger.digest}", flush=True)
    if asked.renew:
        _renew(text, ledger, count)
    return broken or _compared(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m replay", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--renew", action="store_true", help="put the ledger on file")
    parser.add_argument("--into", type=Path, default=OUTPUT, help="the folder for what is produced; it is emptied")
    return parser.parse_args()


def _prepared(stack: ExitStack, folder: Path) -> None:
    """An empty portal that rehearses, in a folder of its own."""
    os.environ |= {"PORTAL_VAR": str(folder), "REHEARSAL_FROM": BEGINS, "LOG_LEVEL": "ERROR"}
    os.environ |= stack.enter_context(services(folder, durable=False))
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    for command in ("migrate", "createcachetable"):  # as the owner of the tables
        ran = [sys.executable, "manage.py", command, "-v", "0"]
        subprocess.run(ran, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    _begin_clock()
    for command in ("load_reference", "load_catalogue", "load_calendar"):
        call_command(command, verbosity=0, stdout=io.StringIO())
    call_command("collectstatic", verbosity=0, interactive=False)


def _begin_clock() -> None:
    """From the first thing on record on, the rehearsal's clock is what everybody goes by."""
    # Django's models can be imported only now.
    from portal import walls
    from portal.actors import Place
    from portal.services import rehearsal

    with walls.stand(Place(office="system")):
        rehearsal.begin()


@contextmanager
def _running(port: int) -> Iterator[None]:
    """The portal's processes as `make run` starts them."""
    started = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for command in supervisor.commands(port).values()
    ]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def _replayed(into: Path) -> "tuple[Ledger, int]":
    """The ledger, and how many dossiers there were."""
    # Django's models can be imported only now.
    from replay.chain import Replay, run
    from replay.plan import TURNS, dossiers_of_2024

    replay = Replay(dossiers_of_2024(ROOT / "tests" / "dossiers"), TURNS, into)
    run(replay)
    return replay.ledger, len(replay.dossiers)


def _renew(text: str, ledger: "Ledger", count: int) -> None:
    """Put the ledger on file."""
    from replay.report import markdown

    KEPT.write_text(text, "utf-8")
    KEPT.with_suffix(".md").write_text(markdown(ledger, count), "utf-8")


def _compared(text: str) -> int:
    """Whether it is the ledger on file; the exit code."""
    is_same = KEPT.is_file() and KEPT.read_text("utf-8") == text
    print(f"The ledger is {'' if is_same else 'NOT '}the one in docs/{KEPT.name}.")
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
