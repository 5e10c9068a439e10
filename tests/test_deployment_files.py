"""Dockerfile, docker-compose.yml and the lock files, held against the settings and the repository; no engine needed."""

import base64
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.embedded.postgres_server import ROLES
from portal.environment import ENVIRONMENT

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PORTAL = {name: service for name, service in SERVICES.items() if service["image"] == "portal"}
ONE_SHOT = {name for name, service in SERVICES.items() if service["restart"] == "no"}
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?P<rest>[^}]*)\}")
SECRET = re.compile(r"KEY|SECRET|PASSWORD|TOKEN|_URL$")
SAMPLES = {
    "SECRET_KEY": "s" * 25 + "0123456789" * 4,
    "ENCRYPTION_KEY": base64.urlsafe_b64encode(bytes(range(32))).decode(),
    "ALLOWED_HOSTS": "portal.example",
    "PUBLIC_URL": "https://portal.example",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
    "DEFAULT_FROM_EMAIL": "noreply@portal.example",
}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, arguments), continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def final_stage() -> list[tuple[str, str]]:
    found = instructions()
    last = max(index for index, (word, _) in enumerate(found) if word == "FROM")
    return found[last:]


def commands() -> dict[str, list[str]]:
    """What each container of ours runs, its health check too."""
    image = {word: rest for word, rest in final_stage() if word in {"CMD", "HEALTHCHECK"}}
    found = {"image": json.loads(image["CMD"]), "image's health": json.loads(image["HEALTHCHECK"].partition("CMD ")[2])}
    for name, service in PORTAL.items():
        if "command" in service:
            found[name] = service["command"]
        test = service["healthcheck"].get("test", ["NONE"])
        if test[0] == "CMD":
            found[f"{name}'s health"] = test[1:]
        elif test[0] == "CMD-SHELL":
            found[f"{name}'s health"] = shlex.split(test[1])
    return found


def interpolated(environment: dict[str, Any]) -> dict[str, str]:
    """As Compose would pass it on, with sample values for what has no default."""

    def value(match: re.Match[str]) -> str:
        rest = match["rest"]
        return rest.removeprefix(":-") if rest.startswith(":-") else SAMPLES.get(match["name"], "sample")

    return {name: VARIABLE.sub(value, str(text)) for name, text in environment.items()}


# -- docker-compose.yml ----------------------------------------------------------------------------------------------
def test_the_services_are_those_of_an_installation() -> None:
    assert SERVICES.keys() == {"web", "worker", "press", "beat", "migrate", "database", "redis"}


@pytest.mark.parametrize("name", PORTAL)
def test_each_variable_a_service_sets_is_one_the_settings_read(name: str) -> None:
    assert PORTAL[name]["environment"].keys() <= {*ENVIRONMENT, "TMPDIR"}  # the latter Python itself reads


@pytest.mark.parametrize("name", ["web", "migrate"])
def test_the_settings_accept_what_a_service_sets(name: str) -> None:
    environment = {"PATH": os.environ["PATH"]} | interpolated(PORTAL[name]["environment"])
    if name == "migrate":
        environment["DATABASE_ROLE"] = "owner"
    command = [
        sys.executable,
        "-c",
        "import portal.settings as s; print(s.DATABASES['default']['USER'], s.PORTAL_MODE)",
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["portal_owner" if name == "migrate" else "portal_app", "production"]


def test_only_migrations_know_the_owner_of_the_tables() -> None:
    assert [name for name, service in PORTAL.items() if "DATABASE_OWNER_URL" in service["environment"]] == ["migrate"]


def test_no_secret_has_a_default() -> None:
    for name, service in SERVICES.items():
        for variable, text in service["environment"].items():
            if not SECRET.search(variable) or variable == "PUBLIC_URL":
                continue
            references = list(VARIABLE.finditer(str(text)))
            assert references, f"{name}: {variable} is written down"
            for reference in references:
                assert reference["rest"] in {":?", ":-"}, f"{name}: {variable} has a default"
    required = {match["name"] for match in VARIABLE.finditer(str(SERVICES)) if match["rest"] == ":?"}
    assert required >= {*SAMPLES, "POSTGRES_PASSWORD", "PORTAL_OWNER_PASSWORD", "PORTAL_APP_PASSWORD", "REDIS_PASSWORD"}


def test_every_service_that_stays_has_a_health_check_and_is_started_again() -> None:
    for name, service in SERVICES.items():
        if name in ONE_SHOT:
            assert all(
                other["depends_on"][name] == {"condition": "service_completed_successfully"}
                for other in PORTAL.values()
                if other is not service
            )
        else:
            assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name
            assert service["restart"] == "unless-stopped", name


def test_nothing_runs_as_root() -> None:
    users = [rest for word, rest in final_stage() if word == "USER"]
    assert users
    assert users[-1] not in {"root", "0"}
    for name, service in SERVICES.items():
        assert name in PORTAL or service["user"] not in {"root", "0"}, name
        assert service.get("privileged") is None


def test_only_the_web_is_published_and_only_on_this_machine() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_volumes_are_declared_and_mounted_files_exist() -> None:
    named = set()
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file()
            else:
                named.add(source)
    assert named == COMPOSE["volumes"].keys()


@pytest.mark.parametrize(("where", "command"), commands().items())
def test_each_command_exists(where: str, command: list[str]) -> None:
    program, *arguments = command
    if program == "python":
        assert (ROOT / arguments[0]).is_file(), where
        if arguments[0] == "manage.py":
            assert (ROOT / "portal" / "management" / "commands" / f"{arguments[1]}.py").is_file()
    elif program != "find":
        assert (Path(sys.executable).parent / program).is_file(), where
    if program == "gunicorn":
        module, _, _ = arguments[0].partition(":")
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file()
    if program == "celery":
        assert arguments[:2] == ["--app", "portal"]
        assert arguments[2] in {"worker", "beat", "inspect"}


# -- Dockerfile ------------------------------------------------------------------------------------------------------
def test_copied_files_exist() -> None:
    for word, rest in instructions():
        if word == "COPY" and "--from" not in rest:
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source


def test_no_secret_is_baked_in_and_node_stays_outside() -> None:
    for word, rest in instructions():
        if word in {"ENV", "ARG"}:
            names = [part.partition("=")[0] for part in rest.split()]
            assert not [name for name in names if SECRET.search(name)]
    assert "node" not in final_stage()[0][1]
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", "var"} <= set(ignored)


def test_packages_come_from_lock_files() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert "npm ci" in text


def test_the_image_has_a_health_check() -> None:
    assert any(word == "HEALTHCHECK" and "/healthz" in rest for word, rest in final_stage())


# -- roles -----------------------------------------------------------------------------------------------------------
def test_both_kinds_of_server_get_the_same_roles() -> None:
    script = (ROOT / "bin" / "postgres-init.sh").read_text()
    assert dict(re.findall(r"CREATE ROLE (\w+) (.+?) PASSWORD", script)) == ROLES


# -- lock files ------------------------------------------------------------------------------------------------------
def pins(name: str) -> set[str]:
    return set(re.findall(r"^[A-Za-z0-9._-]+==\S+", (ROOT / name).read_text(), re.MULTILINE))


def test_what_is_tested_is_what_runs() -> None:
    assert pins("requirements.lock")
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "package-lock.json"])
def test_lock_files_name_no_registry(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not [word for word in ('"resolved"', "--index-url", "--find-links", "tgz", ".whl") if word in text]


def test_every_python_package_is_pinned_with_its_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        blocks = re.split(r"^(?=[A-Za-z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]
        assert all("--hash=sha256:" in block and "==" in block for block in blocks)


def test_front_end_packages_have_exact_versions() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
