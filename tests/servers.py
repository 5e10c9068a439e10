"""pytest plugin: PostgreSQL and Redis for one run, started before Django reads its settings (see pyproject.toml).

With pytest-xdist only the controller starts them; its workers inherit the environment.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.embedded import Unable, services


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start what DATABASE_URL and REDIS_URL do not name, in a folder that goes with the run."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        # A folder of its own: what one worker's sweep doesn't know may be another's upload.
        own = Path(os.environ["PORTAL_VAR"]) / worker
        (own / "static").mkdir(parents=True, exist_ok=True)
        os.environ["PORTAL_VAR"] = str(own)
        return
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-tests-")))
    try:
        os.environ |= stack.enter_context(services(folder, durable=False))
    except Unable as error:
        raise pytest.UsageError(str(error)) from None
    os.environ["PORTAL_VAR"] = str(folder)
    (folder / "static").mkdir()
    # Databases are made by the role that owns; tests/conftest.py then goes on as the role the portal runs as.
    os.environ["DATABASE_ROLE"] = "owner"
