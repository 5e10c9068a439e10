"""The portal's processes under one supervisor: prepared, served, and all stopped together."""

import ctypes
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

from portal.embedded.environment import alone, services, started
from portal.embedded.errors import AlreadyRunning, Unable
from portal.embedded.process import START_SECONDS, STOP_SIGNALS, end, setpriv, uninterrupted

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def run() -> int:
    """Prepare and serve the portal until it is stopped; the exit code."""
    folder = _folder()
    fallen: list[str] = []

    def ended(name: str) -> None:
        fallen.append(name)
        os.kill(os.getpid(), signal.SIGTERM)

    with ExitStack() as stack:
        stack.enter_context(alone(folder))
        port = _free_port(os.environ.get("PORT") or "8000")
        found = stack.enter_context(started(folder, ended=ended))
        stack.enter_context(_record(folder / "services.json", found))
        environment = os.environ | found | {"PYTHONUNBUFFERED": "1"}
        if environment.get("PORTAL_MODE", "demo") == "demo":
            environment.setdefault("PUBLIC_URL", f"http://{HOST}:{port}")
        try:
            if _child([sys.executable, "manage.py", "prepare", "--first-page"], environment):
                raise Unable("准备工作未完成，原因见上。The portal could not be prepared; the reason is above.")
            return _serve(environment, port)
        finally:
            if fallen:
                raise _ended_by_itself(fallen[0])


def _ended_by_itself(what: str) -> Unable:
    return Unable(f"有一个进程自行退出（{what}），已全部停止。A process ended by itself ({what}), so all were stopped.")


def _folder() -> Path:
    return Path(os.environ.get("PORTAL_VAR") or ROOT / "var").resolve()


def _free_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Unable(f"PORT={text!r} 不是 1 至 65535 的端口号。PORT={text!r} is not a port number (1 to 65535).")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except PermissionError:
            raise Unable(
                f"无权使用端口 {text}，请换用 1024 以上的端口。Port {text} needs root; use one above 1024."
            ) from None
        except OSError:
            raise Unable(
                f"端口 {text} 已被占用，请停止占用它的程序，或换用其他端口：PORT=8001 make run。"
                f"Port {text} is in use; stop what uses it, or choose another: PORT=8001 make run."
            ) from None
    return int(text)


@contextmanager
def _record(path: Path, found: dict[str, str]) -> Iterator[None]:
    """Leave word of the servers' addresses for `with`, while they run."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(found, file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _child(command: Sequence[str], environment: dict[str, str], *, apart: bool = True) -> int:
    """Run a command to its end, ended when we are stopped; its exit code. `apart`: Ctrl-C does not reach it itself."""
    process = None
    try:
        with uninterrupted():
            process = subprocess.Popen(command, cwd=ROOT if apart else None, env=environment, start_new_session=apart)
        return process.wait()
    finally:
        if process:
            end(process)


class _Witness(Printer):
    """The supervisor's printer, which also remembers whose end it reported first."""

    first = ""

    def write(self, message: Message) -> None:
        if not self.first and message.name == SYSTEM_PRINTER_NAME and " stopped (rc=" in message.data:
            self.first = message.data.strip()
        # `make run | tee`: Ctrl-C ends tee too, and stopping must not fail for want of a reader.
        with suppress(OSError):
            super().write(message)


def commands(port: int) -> dict[str, list[str]]:
    """The portal's processes by name."""
    python = [*setpriv(None, dies_with=signal.SIGTERM), sys.executable]
    # Celery warns at length when root starts it; here that is a demo on one's own machine.
    celery = [*python, "-W", "ignore:::celery.platforms", "-m", "celery", "--app", "portal", "--quiet"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle"]
    web = [*python, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"{HOST}:{port}"]
    web += ["--preload", "--workers", "2", "--threads", "8", "--graceful-timeout", "3"]
    return {
        "web": [*web, "--no-control-socket", "--log-level", "warning"],
        "worker": [*worker, "--concurrency", "1", "--queues", "celery"],
        "press": [*worker, "--concurrency", "2", "--queues", "papers", "--hostname", "press@%h"],
        "beat": [*celery, "beat", "--pidfile", ""],
    }


def _end_with_parent() -> None:
    """In each of the supervisor's own children: nothing is left behind even when the supervisor is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _serve(environment: dict[str, str], port: int) -> int:
    witness = _Witness()
    manager = Manager(witness)
    for name, command in commands(port).items():
        manager.add_process(name, f"exec {shlex.join(command)}", env=environment, cwd=str(ROOT))
    os.register_at_fork(after_in_child=_end_with_parent)
    # The supervisor knows INT and TERM; a closed terminal is to mean the same.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    announcer = subprocess.Popen(
        [sys.executable, "-m", "portal.embedded", "announce", str(port)],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    beside = _finish_demo(environment)
    try:
        manager.loop()
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        manager.kill()  # nobody is left to kill, unless the loop itself failed
        end(announcer)
        if beside:
            end(beside)
    if manager.returncode in {130, 143}:
        with suppress(OSError):
            print("门户已停止。The portal has stopped.", flush=True)
        return 0
    raise _ended_by_itself(witness.first)


def _finish_demo(environment: Mapping[str, str]) -> subprocess.Popen[bytes] | None:
    """Put the rest of the demo world in place while the portal serves; started again, it goes on where it stopped."""
    if environment.get("PORTAL_MODE", "demo") != "demo":
        return None
    command = ["nice", *setpriv(None, dies_with=signal.SIGTERM), sys.executable, "manage.py", "seed_demo"]
    return subprocess.Popen(command, cwd=ROOT, env=dict(environment), start_new_session=True)


def announce(port: int) -> int:
    """Say where the portal is once it answers, and who can sign in to the demo."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                break
        time.sleep(0.1)
    else:
        return 1
    print(f"\n门户已启动 The portal is ready: http://{HOST}:{port}/  （按 Ctrl-C 停止 Ctrl-C stops it）\n", flush=True)
    if os.environ.get("PORTAL_MODE", "demo") == "demo":
        os.execv(sys.executable, [sys.executable, "manage.py", "demo_accounts"])  # noqa: S606
    return 0


def run_beside(command: Sequence[str], *, scratch: bool) -> int:
    """Run a command with the servers of the portal that runs here, or with ones started for it."""
    with ExitStack() as stack:
        if scratch:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-")))
            found = stack.enter_context(services(folder, durable=False))
        else:
            try:
                found = stack.enter_context(services(_folder()))
            except AlreadyRunning:
                found = json.loads((_folder() / "services.json").read_text())
        signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is the command's own affair
        return _child(command, os.environ | found, apart=False)
