"""The embedded servers and their supervisor: real ones, started and stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import psycopg2
import pytest

from portal.embedded import AlreadyRunning, Unable, postgres, redis, services
from portal.embedded.postgres_server import Postgres

ROOT = Path(__file__).resolve().parent.parent
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ROLE", "REDIS_URL", "PORT", "PUBLIC_URL", "PORTAL_MODE")


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OURS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a cluster that was made, and stopped, once."""
    folder = tmp_path_factory.mktemp("cluster") / "postgres"
    with postgres(folder, durable=False):
        pass
    return folder


@pytest.fixture
def server(cluster: Path) -> Iterator[Postgres]:
    with postgres(cluster, durable=False) as running:
        yield running


def ask(url: str, query: str) -> list[tuple]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def start(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """`python -m portal.embedded` on a folder of its own, as a terminal would start it."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.Popen(
        [sys.executable, "-m", "portal.embedded", *arguments],
        cwd=ROOT,
        env=inherited | {"PORTAL_VAR": str(folder)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def refusal(folder: Path, **environment: str) -> str:
    """What is said by a start that is refused."""
    process = start(folder, **environment)
    try:
        said, _ = process.communicate(timeout=30)
    finally:
        process.terminate()
    assert process.returncode == 1, said
    assert "Traceback" not in said
    return said


def processes_of(folder: Path) -> list[str]:
    """Command lines of all living processes that were told of the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            if os.fsencode(folder) in words + (entry / "environ").read_bytes() and int(entry.name) != os.getpid():
                found.append(words.replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def assert_nothing_left(folder: Path) -> None:
    until = time.monotonic() + 5
    while processes_of(folder) and time.monotonic() < until:
        time.sleep(0.1)
    assert processes_of(folder) == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# -- refused before anything is started ------------------------------------------------------------------------------
def test_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(tmp_path, PORT=str(port))
    assert f"端口 {port} 已被占用" in said
    assert f"Port {port} is in use" in said
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("port", ["http", "70000", "-1", "８０００"])
def test_malformed_port_is_said(tmp_path: Path, port: str) -> None:
    assert "is not a port number" in refusal(tmp_path, PORT=port)


def test_unreachable_database_is_said_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://portal_app:not-to-be-shown@127.0.0.1:{free_port()}/portal"
    said = refusal(tmp_path, PORT=str(free_port()), DATABASE_URL=url, DATABASE_OWNER_URL=url)
    assert "无法连接 DATABASE_URL" in said
    assert "not-to-be-shown" not in said


@pytest.mark.parametrize(
    "url", ["mysql://a:not-to-be-shown@b/c", "postgresql://a:not-to-be-shown@b:port/c", "nonsense"]
)
def test_malformed_database_is_said_without_its_password(tmp_path: Path, url: str) -> None:
    said = refusal(tmp_path, PORT=str(free_port()), DATABASE_URL=url, DATABASE_OWNER_URL=url)
    assert "DATABASE_URL is malformed" in said
    assert "not-to-be-shown" not in said


@pytest.mark.usefixtures("clean_environment")
def test_database_without_its_owner_is_said(cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres(cluster, durable=False) as server:
        monkeypatch.setenv("DATABASE_URL", server.url("portal_app"))
        with pytest.raises(Unable, match="DATABASE_OWNER_URL must be set"), services(tmp_path):
            pass


def test_second_start_in_a_folder_leaves_the_first_alone(cluster: Path) -> None:
    first = start(
        cluster.parent, "with", sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "ready\n"
        assert "The portal already runs in this folder" in refusal(cluster.parent, PORT=str(free_port()))
        assert first.poll() is None
    finally:
        first.terminate()
        first.communicate(timeout=30)


# -- servers ---------------------------------------------------------------------------------------------------------
def test_roles_can_neither_bypass_the_walls_nor_make_roles(server: Postgres) -> None:
    query = """SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolreplication, rolcreatedb
                 FROM pg_roles WHERE rolname LIKE 'portal%' ORDER BY 1"""
    assert ask(server.url("portal_app"), query) == [
        ("portal_app", True, False, False, False, False, False),
        ("portal_owner", True, False, False, False, False, True),
    ]


def test_a_role_that_was_given_too_much_loses_it_at_the_next_start(cluster: Path) -> None:
    with postgres(cluster, durable=False) as server:
        ask(server.url("postgres", "postgres"), "ALTER ROLE portal_app BYPASSRLS CREATEDB")
    with postgres(cluster, durable=False) as server:
        query = "SELECT rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = 'portal_app'"
        assert ask(server.url("portal_app"), query) == [(False, False)]


def test_the_database_belongs_to_the_owner_and_the_portal_cannot_make_tables(server: Postgres) -> None:
    query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'portal'"
    assert ask(server.url("portal_app"), query) == [("portal_owner",)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(server.url("portal_app"), "CREATE TABLE mine (id int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(server.url("portal_app"), "CREATE TEMPORARY TABLE mine (id int)")


def test_the_socket_is_closed_to_others(server: Postgres) -> None:
    assert server.sockets.stat().st_mode & 0o077 == 0


def test_data_survive_a_restart(cluster: Path) -> None:
    with postgres(cluster, durable=False) as server:
        ask(server.url("portal_owner"), "CREATE TABLE kept AS SELECT 42 AS number")
    with postgres(cluster, durable=False) as server:
        assert ask(server.url("portal_owner"), "TABLE kept") == [(42,)]
    assert_nothing_left(cluster)


def test_a_dead_servers_number_that_another_process_bears_does_no_harm(cluster: Path) -> None:
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n")
    with postgres(cluster, durable=False) as server:
        assert ask(server.url("portal_app"), "SELECT 1") == [(1,)]


def test_a_server_that_outlived_its_supervisor_is_replaced(cluster: Path, tmp_path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from portal.embedded import postgres
with postgres(Path({str(cluster)!r}), durable=False):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=False)
    with postgres(cluster, durable=False) as server:
        assert ask(server.url("portal_app"), "SELECT 1") == [(1,)]
    assert_nothing_left(cluster)


def test_redis_answers_and_keeps_its_data(tmp_path: Path) -> None:
    from redis import Redis

    for expected in (None, b"kept"):
        with redis(tmp_path / "redis") as url:
            client = Redis(unix_socket_path=url.removeprefix("redis+socket://"))
            assert client.get("word") == expected
            client.set("word", "kept")
            client.close()
    assert_nothing_left(tmp_path)


def test_a_server_that_cannot_start_is_said_with_its_log(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(Unable, match="postgres did not start"), postgres(tmp_path / "postgres"):
        pass


@pytest.mark.usefixtures("clean_environment")
def test_services_hold_their_folder(cluster: Path) -> None:
    with services(cluster.parent, durable=False) as found:
        assert found.keys() == {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
        script = (
            f"from pathlib import Path; from portal.embedded import *\nwith services(Path({str(cluster.parent)!r})): 0"
        )
        second = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
        assert AlreadyRunning.__name__ in second.stderr


# -- the whole portal ------------------------------------------------------------------------------------------------
def test_one_process_that_ends_is_named_and_ends_all(tmp_path: Path) -> None:
    script = """
import os, sys
from portal.embedded import supervisor
supervisor.commands = lambda port: {"web": ["sleep", "60"], "beat": ["sh", "-c", "sleep 0.3; exit 3"]}
try:
    supervisor._serve(dict(os.environ), int(sys.argv[1]))
except supervisor.Unable as error:
    sys.exit(str(error))
"""
    environment = os.environ | {"PORTAL_VAR": str(tmp_path)}
    command = [sys.executable, "-c", script, str(free_port())]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "A process ended by itself (beat stopped (rc=3))" in done.stderr
    assert_nothing_left(tmp_path)


def test_a_database_that_ends_by_itself_is_named_and_ends_all(tmp_path: Path) -> None:
    """The stand-in for `prepare` lasts; the database is shot meanwhile."""
    script = """
import os, signal, sys
from portal.embedded import supervisor
supervisor._child = lambda *_: os.kill(int(open(sys.argv[1] + "/postgres/postmaster.pid").readline()), signal.SIGINT)
supervisor.commands = lambda port: {"web": ["sleep", "60"]}
try:
    supervisor.run()
except supervisor.Unable as error:
    sys.exit(str(error))
"""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    environment = inherited | {"PORTAL_VAR": str(tmp_path), "PORT": str(free_port())}
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "A process ended by itself (postgres)" in done.stderr
    assert_nothing_left(tmp_path)


def test_ctrl_c_during_preparation_leaves_nothing_behind(cluster: Path) -> None:
    folder = cluster.parent
    (folder / "services.json").unlink(missing_ok=True)
    process = start(folder, PORT=str(free_port()))
    until = time.monotonic() + 30
    while not (folder / "services.json").exists() and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert_nothing_left(folder)


def _without_brotli(folder: Path) -> dict[str, str]:
    """An environment in which static files are packed in one way, in a second; the other way takes half a minute."""
    (folder / "brotli.py").write_text("raise ImportError")
    return {"PYTHONPATH": str(folder)}


def test_the_portal_serves_and_ctrl_c_stops_all_of_it(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    port = free_port()
    process = start(tmp_path, PORT=str(port), DEMO_STAGE="empty", **_without_brotli(tmp_path_factory.mktemp("modules")))
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if f"The portal is ready: http://127.0.0.1:{port}/" in line:
                break
        else:
            pytest.fail("".join(said))
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
            assert answer.status == 200
    finally:
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    assert "The portal has stopped." in rest
    assert_nothing_left(tmp_path)
