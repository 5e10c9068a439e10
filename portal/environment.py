"""What the portal reads from its environment: each variable with its purpose, and refusals that name it."""

import json
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

# The demo's worlds, by how far this year's rounds have come.
STAGES = ("now", "empty", "open", "city", "expert", "publicity", "done")
# Every variable the portal reads, with what it is for. Compose file and operations guide are held against this table.
ENVIRONMENT = {
    "PORTAL_MODE": "demo (default) or production",
    "DEMO_STAGE": "which demo world: now (default; empty in a rehearsal), open, city, expert, publicity or done",
    "REHEARSAL_FROM": "makes a demo a rehearsal (演练) whose clock begins at this Beijing time; refused in production",
    "PORTAL_VAR": "folder for what the portal writes itself; default var/",
    "SECRET_KEY": "signs sessions and links; at least 50 random characters",
    "ENCRYPTION_KEY": "encrypts second-factor secrets; a Fernet key, or several (new first) separated by commas",
    "ALLOWED_HOSTS": "host names served, separated by commas",
    "PUBLIC_URL": "address people type, such as https://portal.example.gov.cn",
    "DATABASE_URL": "PostgreSQL as the role the portal runs as, which owns nothing",
    "DATABASE_OWNER_URL": "PostgreSQL as the role that owns the tables; for migrations only",
    "DATABASE_ROLE": "owner: use DATABASE_OWNER_URL; set by manage.py for commands that change the schema",
    "REDIS_URL": "the broker of the background worker",
    "EMAIL_URL": "outgoing mail, such as smtp+tls://user:password@host:587",
    "DEFAULT_FROM_EMAIL": "sender of the portal's mail",
    "TRUSTED_PROXIES": "how many reverse proxies stand before the portal; default 0",
    "OIDC_ISSUER": "sign-in through a provincial identity provider (OpenID Connect); empty: none",
    "OIDC_CLIENT_ID": "the portal's name at that provider",
    "OIDC_CLIENT_SECRET": "the portal's secret at that provider",
    "OIDC_NAME": "what the sign-in button calls the provider",
    "SESSION_IDLE_MINUTES": "signed out after so long without a request; default 30",
    "SESSION_ABSOLUTE_HOURS": "signed out after so long whatever happens; default 12",
    "PASSWORD_MIN_LENGTH": "default 12",
    "ROUND_REMINDERS": "hours before a deadline at which people are reminded, separated by commas; default 168,72,24,2",
    "SITE_OPERATOR": "主办单位 in the footer",
    "SITE_CONTACT": "联系方式 in the footer",
    "SITE_ICP": "备案号 in the footer",
    "REVOCATION_BAR_YEARS": "how long the holder of a revoked title may not apply; default 3, 0: not at all",
    "STORAGE_URL": "files in an S3 storage: s3://KEY:SECRET@host/bucket?region=…; empty: in PORTAL_VAR/media",
    "CLAMD_URL": "the virus scanner, tcp://host:3310 or unix:///path; empty: uploads are not scanned",
    "PRESS_SECONDS": "how long the making of one paper may take; default 120",
    "PRESS_MEGABYTES": "how much memory it may take; default 1500",
    "SEALS_FOLDER": "folder with keys/NAME.p12, one an organisation, and roots/ of certificates that are trusted",
    "SEAL_PASSPHRASES": 'what those files are locked with, as JSON: {"HB-industry": "…"}',
    "SEAL_PKCS11_MODULE": "library of a token or HSM that holds keys, such as /usr/lib/softhsm/libsofthsm2.so",
    "SEAL_PKCS11_TOKEN": "label of the token",
    "SEAL_PKCS11_PIN": "its user PIN",
    "SEAL_PKCS11_KEYS": "the organisations whose key is in the token, separated by commas",
    "TIMESTAMP_URL": "time stamp service (RFC 3161) asked for each signature; empty: signatures bear the portal's time",
    "LOG_LEVEL": "default INFO",
    "LOG_FORMAT": "json (production's default) or console",
}

REQUIRED: Any = object()


class Unfit(ValueError):
    """What is wrong with a value, in words that do not repeat it: it may be a secret."""


def read(name: str, cast: Callable[[str], Any] = str, default: Any = REQUIRED) -> Any:
    """The variable's value, cast; `default` when it is unset or empty.

    Raises ImproperlyConfigured, naming the variable and never its value, when it is needed and missing, or malformed.
    """
    if name not in ENVIRONMENT:
        raise ImproperlyConfigured(f"{name} is not in environment.ENVIRONMENT.")
    raw = os.environ.get(name, "").strip()
    if not raw:
        if default is REQUIRED:
            raise ImproperlyConfigured(f"{name} must be set: {ENVIRONMENT[name]}.")
        return default
    try:
        return cast(raw)
    except Unfit as error:
        raise ImproperlyConfigured(f"{name} is malformed ({error}): {ENVIRONMENT[name]}.") from None
    except (ValueError, KeyError, TypeError, ImproperlyConfigured):  # of a library; its words may repeat the value
        raise ImproperlyConfigured(f"{name} is malformed: {ENVIRONMENT[name]}.") from None


def one_of(*words: str) -> Callable[[str], str]:
    """A cast: one of these words."""

    def cast(raw: str) -> str:
        if raw not in words:
            raise Unfit(f"not one of {', '.join(words)}")
        return raw

    return cast


def names(raw: str) -> list[str]:
    """Words separated by commas; at least one."""
    found = [part.strip() for part in raw.split(",") if part.strip()]
    if not found:
        raise Unfit("it names nothing")
    return found


def count(raw: str) -> int:
    """A whole number, not negative."""
    value = int(raw)
    if value < 0:
        raise Unfit("negative")
    return value


def instant(raw: str) -> datetime:
    """A moment on Beijing's clock such as 2024-11-22T23:50, unless it names an offset of its own."""
    value = datetime.fromisoformat(raw)
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def positive(raw: str) -> int:
    """A whole number from 1 on."""
    value = int(raw)
    if value < 1:
        raise Unfit("less than 1")
    return value


def hours(raw: str) -> tuple[int, ...]:
    """Different whole numbers from 1 on, separated by commas, the greatest first."""
    return tuple(sorted({positive(part) for part in names(raw)}, reverse=True))


def web_address(raw: str) -> str:
    """An http(s) address without a slash at its end."""
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise Unfit("not an http(s) address")
    return raw.rstrip("/")


def service_address(raw: str) -> str:
    """An http(s) address as it was written: some services care about the slash at its end."""
    web_address(raw)
    return raw


def database(raw: str) -> dict[str, Any]:
    """Django's configuration for a PostgreSQL address that names role and database."""
    if urlsplit(raw).scheme not in {"postgres", "postgresql"}:
        raise Unfit("not a postgresql:// address")
    config = environ.Env.db_url_config(raw)
    if not config.get("NAME"):
        raise Unfit("it names no database")
    if not config.get("USER"):
        raise Unfit("it names no role")
    host = unquote(urlsplit(raw).netloc.rpartition("@")[2])
    if host.startswith("/"):  # a socket's folder; URL parsers fold its letters to lower case
        config["HOST"] = host
    return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": True}


def mail_server(raw: str) -> dict[str, Any]:
    """Django's EMAIL_ settings for an address such as smtp+tls://user:password@host:587."""
    config: dict[str, Any] = environ.Env.email_url_config(raw)
    return config


def broker(raw: str) -> str:
    """A Redis address."""
    if urlsplit(raw).scheme not in {"redis", "rediss", "redis+socket"}:
        raise Unfit("not a redis:// address")
    return raw


def storage(raw: str) -> dict[str, Any]:
    """Django's configuration for a bucket: s3://KEY:SECRET@host[:port]/bucket[?region=…&style=virtual], s3+http://…

    A name that is taken gets another: what is kept is never overwritten.
    """
    parts, protocol = urlsplit(raw), {"s3": "https", "s3+http": "http"}
    bucket = parts.path.strip("/")
    if parts.scheme not in protocol or not parts.hostname or not bucket or "/" in bucket:
        raise Unfit("not s3://KEY:SECRET@host/bucket")
    if not parts.username or not parts.password:
        raise Unfit("it names no key, or no secret")
    asked = dict(parse_qsl(parts.query))
    options = {
        "bucket_name": bucket,
        "endpoint_url": f"{protocol[parts.scheme]}://{parts.netloc.rpartition('@')[2]}",
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "region_name": asked.get("region", "us-east-1"),
        "addressing_style": asked.get("style", "path"),
        "signature_version": "s3v4",
        "default_acl": None,
        "file_overwrite": False,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def scanner(raw: str) -> str:
    """The address of a clamd."""
    parts = urlsplit(raw)
    if not (parts.scheme == "tcp" and parts.hostname) and not (parts.scheme == "unix" and parts.path):
        raise Unfit("neither tcp://host:port nor unix:///path")
    return raw


def passphrases(raw: str) -> dict[str, str]:
    """A JSON object of words."""
    found = json.loads(raw)
    if not isinstance(found, dict) or not all(isinstance(word, str) for word in found.values()):
        raise Unfit("not a JSON object of strings")
    return found


def long_secret(raw: str) -> str:
    """A secret nobody guesses."""
    if len(raw) < 50:
        raise Unfit("shorter than 50 characters")
    return raw


def fernet_keys(raw: str) -> list[str]:
    """Keys of 32 bytes in URL-safe base64."""
    for key in names(raw):
        Fernet(key)
    return names(raw)
