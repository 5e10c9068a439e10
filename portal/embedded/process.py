"""One server process out of a wheel: started, awaited, and never left behind."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from portal.embedded.errors import Unable

START_SECONDS = 60
STOP_SECONDS = 30
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Ended = Callable[[str], None]


@contextmanager
def server(
    command: Sequence[str],
    *,
    folder: Path,
    log: Path,
    ready: Callable[[], bool],
    stop: signal.Signals,
    user: str | None = None,
    ended: Ended | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that has said it is ready; it also ends when this process is killed outright.

    `ended` is told (in a thread) the server's name when it ends before it is asked to. Raises Unable when it never
    becomes ready.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    stopping = threading.Event()
    process = None
    try:
        with uninterrupted(), log.open("ab") as output:
            process = subprocess.Popen(
                [*setpriv(user, dies_with=stop), *command],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we stop the server when its users are gone
            )
        _await(ready, process, log)
        if ended:
            threading.Thread(target=_watch, args=(process, stopping, ended, log.stem), daemon=True).start()
        yield process
    finally:
        stopping.set()
        if process:
            end(process, stop)


def end(process: subprocess.Popen[bytes], stop: signal.Signals = signal.SIGTERM) -> None:
    """Stop a process and see it gone; one that has ended already is no matter."""
    process.send_signal(stop)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """A stop signal that comes meanwhile is obeyed at the end, so that nothing is started and then lost sight of."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    former = {number: signal.signal(number, lambda number, _: came.append(number)) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        if came:
            os.kill(os.getpid(), came[0])


def _watch(process: subprocess.Popen[bytes], stopping: threading.Event, ended: Ended, name: str) -> None:
    process.wait()
    if not stopping.is_set():
        ended(name)


def _await(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            last = log.read_text(errors="replace").strip().splitlines()[-3:]
            name = log.stem
            raise Unable(f"{name} 未能启动，日志见 {log}。{name} did not start; its log is {log}:\n" + "\n".join(last))
        time.sleep(0.05)


def wheel(package: str) -> Path:
    """The folder of an installed package, without importing it."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise Unable(f"缺少 Python 包 {package}，请用 make run。Python package {package} is missing; use `make run`.")
    return Path(found.origin).parent


def setpriv(user: str | None, *, dies_with: signal.Signals) -> list[str]:
    """The start of a command line: run as `user`, and get `dies_with` when the process that started it is gone."""
    program = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")
    if program is None:
        if user:
            raise Unable("缺少 setpriv（Debian 软件包 util-linux）。setpriv (Debian package util-linux) is missing.")
        return []
    switch = [f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
    return [program, f"--pdeathsig={dies_with.name.removeprefix('SIG')}", *switch, "--"]


@contextmanager
def socket_folder(user: str | None) -> Iterator[Path]:
    """A short private folder, for a socket's path may have no more than 107 bytes."""
    parent = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="portal-", dir=parent if len(parent) < 60 else "/tmp"))  # noqa: S108
    try:
        if user:
            open_way(folder)
            shutil.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def open_way(*targets: Path) -> None:
    """Let other accounts pass through (not list) the folders above `targets`, so that PostgreSQL's can reach them."""
    for folder in {parent for target in targets for parent in target.parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
