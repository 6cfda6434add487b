# `make` alone lists the targets. Only Python 3.11 (with venv), git and make must be there beforehand.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
TEST_SETTINGS := DJANGO_SETTINGS_MODULE=portal.settings.test
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint fmt types migrations check bench faults proofs screens lighthouse venv venv-dev

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: venv ## serve the portal with its demo on http://localhost:8000 (PORT=, DATA_DIR=)
	@DJANGO_SETTINGS_MODULE=portal.settings.embedded exec $(BIN)/python manage.py serve --with-parent

test: venv-dev ## everything, on SQLite and on PostgreSQL + Redis + Celery, in a browser too
	@deploy/packages.sh
	@exec $(BIN)/python -m tests.passes

check: lint types migrations test ## what must pass before a change lands

lint: venv-dev ## the linter, and whether the code is formatted
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

fmt: venv-dev ## format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: venv-dev ## the type checker
	@$(BIN)/mypy

migrations: venv-dev ## whether every model change has its migration
	@$(TEST_SETTINGS) $(BIN)/python manage.py makemigrations --check --dry-run

bench: venv-dev ## the gated article page against a bare signed-in Django view, in one run
	@exec $(BIN)/python -m tests.bench

faults: venv-dev ## processes killed while they work: what must not be lost is not lost
	@exec $(BIN)/pytest tests/faults

proofs: venv-dev ## the long provers of the strategy tool and of the case's state machine
	@exec $(BIN)/pytest tests/strategy tests/machine -m slow

screens: venv-dev ## pictures of every page in every state, with an index, in screens/
	@deploy/packages.sh
	@exec $(BIN)/python -m tests.screens

lighthouse: venv-dev ## what a phone on a slow network makes of the main pages (needs npm and a quiet machine)
	@deploy/packages.sh
	@exec $(BIN)/python -m tests.lighthouse

venv:
	@$(PYTHON) deploy/environment.py requirements.txt

venv-dev:
	@$(PYTHON) deploy/environment.py requirements-dev.txt
