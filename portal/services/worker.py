"""Asking the worker after commit. Nobody waits for Redis: what it was not told, beat sweeps up."""

import time
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

QUIET_SECONDS = 30
_quiet_until = 0.0


def ask(task: str, *arguments: Any) -> None:
    """Send a task by name once the transaction has committed."""
    transaction.on_commit(lambda: _send(task, arguments), robust=True)


def _send(task: str, arguments: tuple[Any, ...]) -> None:
    """After a failure nobody tries to reach Redis again for a while."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task(task, args=list(arguments), ignore_result=True)
    except OperationalError as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("worker.not_asked", task=task, error=str(error)[:300])
