# `make run` serves the portal, `make test` tests it; both install what they need, on a machine that has only
# python3, git and the network. The rest is for those who work on it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run setup test check bench rush format messages screenshots tour lock clean

PYTHON := .venv/bin/python
BESIDE := $(PYTHON) -m portal.embedded with
COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: ## serve the portal on http://127.0.0.1:8000 (PORT=… for another port), Ctrl-C stops it
	@python3 bin/setup run
	@$(PYTHON) -m portal.embedded

setup: ## install what `make test` and `make check` need, nothing else
	@python3 bin/setup test

test: setup ## run the tests (TESTS=tests/test_x.py for some of them)
	$(PYTHON) -m pytest -n 2 --dist worksteal $(TESTS)

check: setup ## lint, format, imports, types, templates, migrations, deploy check
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	find templates -name '*.html' -exec .venv/bin/djade --check {} +
	.venv/bin/djhtml --check templates
	$(BESIDE) --scratch $(PYTHON) manage.py makemigrations --check --dry-run
	$(BESIDE) --scratch $(PYTHON) bin/check-production

bench: setup ## measure what the house promises about speed
	$(BESIDE) --scratch $(PYTHON) -m bench

rush: setup ## let 200 people hand in before a deadline, and look whether all is well (about 4 minutes)
	$(PYTHON) -m bench.rush

replay-2024: setup ## replay the 2024 round on the dossiers of tests/dossiers (about 10 minutes; into var/replay-2024)
	$(PYTHON) -m replay

format: setup ## put code and templates into shape
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	find templates -name '*.html' -exec .venv/bin/djade {} +
	.venv/bin/djhtml templates

messages: setup ## compile the portal's own wording (portal/locale) after editing it
	.venv/bin/pybabel compile --directory portal/locale --domain django

tour: setup ## go the journeys of tests/test_journeys_*.py, and take the pictures of docs/tour.md on the way
	TOUR=1 $(PYTHON) -m pytest tests/test_journeys_enterprise.py tests/test_journeys_applicant.py \
		tests/test_journeys_city.py tests/test_journeys_order.py tests/test_journeys_province.py \
		tests/test_journeys_ministry.py

screenshots: setup ## take the pictures in docs/screenshots anew
	$(PYTHON) -m pytest tests/screenshots.py

lock: setup ## renew the lock files from pyproject.toml and package.json
	$(COMPILE) --upgrade pyproject.toml --output-file requirements.lock
	$(COMPILE) --upgrade --extra dev --constraints requirements.lock pyproject.toml --output-file requirements-dev.lock
	npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean: ## remove what was installed and cached; the data in var/ stay
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
