"""What the environment does not name, started; what it names, checked."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from portal.embedded.errors import AlreadyRunning, Unable
from portal.embedded.postgres_server import postgres
from portal.embedded.process import Ended
from portal.embedded.redis_server import redis


@contextmanager
def services(folder: Path, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """Hold `folder` and start in it what DATABASE_URL and REDIS_URL do not name.

    Gives the variables that lead to it, for the caller to pass on. Raises AlreadyRunning when another process has
    servers in `folder`, Unable when something does not start.
    """
    with alone(folder), started(folder, durable=durable) as found:
        yield found


@contextmanager
def started(folder: Path, *, durable: bool = True, ended: Ended | None = None) -> Iterator[dict[str, str]]:
    """The servers alone, for one who holds `folder`. `ended` is told the name of a server that ends by itself."""
    found: dict[str, str] = {}
    with ExitStack() as stack:
        if os.environ.get("DATABASE_URL"):
            _check_database("DATABASE_URL")
            _check_database("DATABASE_OWNER_URL")
        else:
            server = stack.enter_context(postgres(folder / "postgres", durable=durable, ended=ended))
            found["DATABASE_URL"] = server.url("portal_app")
            found["DATABASE_OWNER_URL"] = server.url("portal_owner")
        if not os.environ.get("REDIS_URL"):
            found["REDIS_URL"] = stack.enter_context(redis(folder / "redis", ended=ended))
        yield found


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. A record lock: forked children do not inherit it, and it goes with its process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(
                f"门户已在此文件夹（{folder}）运行，请先在其窗口按 Ctrl-C 停止。"
                "The portal already runs in this folder; stop it first with Ctrl-C in its window."
            ) from None
        yield


def _check_database(variable: str) -> None:
    """Refuse an address that is missing, malformed or does not answer; never repeat it, for it may hold a password."""
    url = os.environ.get(variable, "")
    if not url:
        raise Unable(f"已设置 DATABASE_URL，还须设置 {variable}。DATABASE_URL is set, so {variable} must be set too.")
    try:
        parts = urlsplit(url)
        if parts.scheme not in {"postgres", "postgresql"} or parts.port == 0:  # .port itself refuses what is no number
            raise ValueError
        psycopg2.connect(url, connect_timeout=5).close()
    except (ValueError, psycopg2.ProgrammingError):
        form = "postgresql://用户:口令@主机:5432/数据库"
        raise Unable(f"{variable} 格式不正确，应为 {form}。{variable} is malformed; it reads {form}.") from None
    except psycopg2.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Unable(
            f"无法连接 {variable} 指向的数据库，请检查地址及数据库是否已启动。"
            f"The database that {variable} names cannot be reached: {reason}"
        ) from None
