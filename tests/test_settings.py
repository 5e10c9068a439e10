"""What the environment must say: each missing or malformed variable is named, and no value is repeated."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Distinctive, so that a test can look for it in whatever is printed.
SECRET = "geheimnis4711"
PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": f"{SECRET}-{'x' * 50}",
    "ENCRYPTION_KEY": "Z2VoZWltbmlzNDcxMS1nZWhlaW1uaXM0NzExLWdlaGU=",
    "ALLOWED_HOSTS": "portal.example",
    "PUBLIC_URL": "https://portal.example",
    "DATABASE_URL": f"postgresql://portal_app:{SECRET}@db.example/portal",
    "REDIS_URL": f"redis://:{SECRET}@redis.example/0",
    "EMAIL_URL": f"smtp+tls://user:{SECRET}@mail.example:587",
    "DEFAULT_FROM_EMAIL": "noreply@portal.example",
}
MISSING = [name for name in PRODUCTION if name != "PORTAL_MODE"]

# Variable, value; with a secret in it wherever one could stand there.
MALFORMED = [
    ("PORTAL_MODE", "prod"),
    ("SECRET_KEY", SECRET),
    ("SECRET_KEY", "demo-only-secret-key-that-no-production-setting-would-ever-accept-000"),
    ("ENCRYPTION_KEY", SECRET),
    ("ENCRYPTION_KEY", f"{PRODUCTION['ENCRYPTION_KEY']},{SECRET}"),
    ("ENCRYPTION_KEY", ","),
    ("ENCRYPTION_KEY", "ZGVtby1vbmx5LWtleS1kZW1vLW9ubHkta2V5LWRlbW8="),
    ("ALLOWED_HOSTS", ","),
    ("PUBLIC_URL", "portal.example"),
    ("PUBLIC_URL", "http://portal.example"),
    ("DATABASE_URL", "sqlite:///portal.db"),
    ("DATABASE_URL", f"mysql://portal_app:{SECRET}@db.example/portal"),
    ("DATABASE_URL", f"postgresql://portal_app:{SECRET}/@db.example/portal"),
    ("DATABASE_URL", f"postgresql://portal_app:{SECRET}@db.example"),
    ("DATABASE_URL", "postgresql://db.example/portal"),
    ("DATABASE_URL", SECRET),
    ("REDIS_URL", f"http://:{SECRET}@redis.example"),
    ("EMAIL_URL", f"smpt://user:{SECRET}@mail.example"),
    ("EMAIL_URL", f"smtp://user@mail.example:{SECRET}"),
    ("TRUSTED_PROXIES", "x"),
    ("TRUSTED_PROXIES", "-1"),
    ("OIDC_ISSUER", "id.example"),
    ("SESSION_IDLE_MINUTES", "0"),
    ("SESSION_ABSOLUTE_HOURS", "half a day"),
    ("PASSWORD_MIN_LENGTH", "0"),
    ("ROUND_REMINDERS", "168,soon"),
    ("ROUND_REMINDERS", "0"),
    ("CLAMD_URL", "clamd:3310"),
    ("STORAGE_URL", f"s3://key:{SECRET}@store.example"),
    ("STORAGE_URL", f"https://key:{SECRET}@store.example/files"),
    ("STORAGE_URL", "s3://store.example/files"),
    ("REHEARSAL_FROM", "soon"),
    ("REHEARSAL_FROM", "2024-11-07T09:00"),
    ("LOG_LEVEL", "loud"),
    ("LOG_FORMAT", "xml"),
    ("DATABASE_ROLE", "superuser"),
]

# Reads the settings once for each environment in its input, as a fresh process would.
READ_ALL = """
import json, os, runpy, sys, traceback
answers = []
for environment in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(environment)
    try:
        found = runpy.run_path("portal/settings.py")
        answers.append(["", "", {name: repr(found[name]) for name in found if name.isupper()}])
    except Exception as error:
        answers.append([type(error).__name__, str(error), traceback.format_exc()])
json.dump(answers, sys.stdout)
"""


def _python(*arguments: str, environment: dict[str, str], said: str = "") -> subprocess.CompletedProcess[str]:
    """Python in a clean environment."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=clean | environment, input=said, capture_output=True, text=True, timeout=60, check=False
    )


def _read_all(*environments: dict[str, str]) -> list[Any]:
    done = _python("-c", READ_ALL, environment={}, said=json.dumps(environments))
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stderr
    return json.loads(done.stdout)


def test_each_variable_that_production_needs_is_named_when_it_is_missing() -> None:
    whole, *answers = _read_all(
        PRODUCTION, *({key: PRODUCTION[key] for key in PRODUCTION if key != name} for name in MISSING)
    )
    assert whole[0] == "", whole
    for name, (error, text, _) in zip(MISSING, answers, strict=True):
        assert error == "ImproperlyConfigured", name
        assert text.startswith(f"{name} must be set"), (name, text)


def test_each_malformed_variable_is_named_and_its_value_is_not_repeated() -> None:
    answers = _read_all(*(PRODUCTION | {name: value} for name, value in MALFORMED))
    for (name, value), (error, text, trace) in zip(MALFORMED, answers, strict=True):
        assert error == "ImproperlyConfigured", (name, value)
        assert text.startswith(f"{name} "), (name, value, text)
        assert SECRET not in text, name
        assert SECRET not in trace.rpartition("\nTraceback")[2], name
        assert "During handling" not in trace, name


def test_a_variable_that_is_empty_counts_as_unset() -> None:
    (answer,) = _read_all(PRODUCTION | {"SECRET_KEY": "  "})
    assert answer[1].startswith("SECRET_KEY must be set")


def test_an_identity_provider_needs_the_portals_name_and_secret_there() -> None:
    issuer, client = {"OIDC_ISSUER": "https://id.example"}, {"OIDC_CLIENT_ID": "portal"}
    nameless, secretless, whole = _read_all(
        PRODUCTION | issuer, PRODUCTION | issuer | client, PRODUCTION | issuer | client | {"OIDC_CLIENT_SECRET": SECRET}
    )
    assert nameless[1].startswith("OIDC_CLIENT_ID must be set")
    assert secretless[1].startswith("OIDC_CLIENT_SECRET must be set")
    assert whole[0] == ""


def test_production_sends_cookies_over_https_only_and_the_demo_starts_without_a_variable() -> None:
    (_, _, production), (_, _, demo) = _read_all(PRODUCTION, {})
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"):
        assert (production[name], demo[name]) == ("True", "False"), name
    assert int(production["SECURE_HSTS_SECONDS"]) >= 31_536_000
    assert production["DEBUG"] == demo["DEBUG"] == "False"
    assert (production["IS_DEMO"], demo["IS_DEMO"]) == ("False", "True")


def test_a_proxys_word_about_https_counts_only_where_there_is_a_proxy() -> None:
    (_, _, alone), (_, _, behind) = _read_all(PRODUCTION, PRODUCTION | {"TRUSTED_PROXIES": "1"})
    assert "SECURE_PROXY_SSL_HEADER" not in alone
    assert "HTTP_X_FORWARDED_PROTO" in behind["SECURE_PROXY_SSL_HEADER"]
    assert (alone["ALLAUTH_TRUSTED_PROXY_COUNT"], behind["ALLAUTH_TRUSTED_PROXY_COUNT"]) == ("0", "1")


def test_command_line_stops_with_the_variables_name_and_an_exit_code() -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != "EMAIL_URL"}
    done = _python("manage.py", "check", environment=environment)
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].startswith("django.core.exceptions.ImproperlyConfigured: EMAIL_URL ")
    assert SECRET not in done.stderr + done.stdout


IN_PRODUCTION = """
import django
django.setup()
from django.core.management import CommandError, call_command
from django.urls import Resolver404, resolve
from django.test import RequestFactory
from django.http import Http404
from portal.views import demo
resolve("/accounts/login/")
for path in ("/demo/", "/demo/mail/"):
    try:
        resolve(path)
        print("resolved", path)
    except Resolver404:
        pass
for view in (demo.demo, demo.mailbox):
    try:
        view(RequestFactory().get("/"))
        print("answered", view)
    except Http404:
        pass
for command in ("seed_demo", "demo_accounts"):
    try:
        call_command(command)
        print("ran", command)
    except CommandError as error:
        assert "production" in str(error), error
print("done")
"""


def test_nothing_of_the_demo_is_there_in_production() -> None:
    done = _python("-c", IN_PRODUCTION, environment=PRODUCTION | {"DJANGO_SETTINGS_MODULE": "portal.settings"})
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ENCRYPTION_KEY"])
def test_an_error_page_of_production_would_not_show_a_secret(name: str) -> None:
    """The settings' own names tell Django's filter that their values are to be hidden."""
    from django.views.debug import SafeExceptionReporterFilter

    names = {"SECRET_KEY": "SECRET_KEY", "ENCRYPTION_KEY": "ENCRYPTION_KEYS"}
    assert SECRET not in str(SafeExceptionReporterFilter().cleanse_setting(names[name], [SECRET]))
