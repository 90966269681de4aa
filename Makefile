# `make` alone lists the commands. Everything they need is set up in .venv first.
PYTHON ?= $(shell for p in python3.11 python3; do command -v $$p && break; done)
PIP_WHEEL := vendor/pip-26.3-py3-none-any.whl
BIN := .venv/bin
PIP := PYTHONDONTWRITEBYTECODE=1 $(BIN)/python $(PIP_WHEEL)/pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --root-user-action=ignore --require-hashes

.DEFAULT_GOAL := help
.PHONY: help install run test test-all rules screens bench model settings-table check format lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/run.stamp ## set up .venv with the `microblog` command, nothing more

run: .venv/run.stamp ## start the site and its mail on http://localhost:5000
	@exec $(BIN)/microblog run

test: .venv/dev.stamp ## run every test, the browser's included, six files at a time
	@CHROMIUM=$$(scripts/find-chromium) && export CHROMIUM && unset PYTHONDONTWRITEBYTECODE && \
	$(BIN)/python -m pytest --numprocesses 6 --dist loadfile --no-loadscope-reorder $(ARGS)

test-all: .venv/dev.stamp ## run every test on both databases, as before a release
	@$(MAKE) --no-print-directory test ARGS="--all-databases $(ARGS)"

rules: .venv/dev.stamp ## break the rules of docs/security.md and docs/mail.md one at a time; a test fails for each
	@cd tests && PYTHONPATH=. ../$(BIN)/python -m rules.break_each $(ARGS)

screens: .venv/dev.stamp ## take pictures of every page of a demo: narrow and wide, light and dark
	@CHROMIUM=$$(scripts/find-chromium) && export CHROMIUM && cd tests && ../$(BIN)/python -m screens.shoot

bench: .venv/dev.stamp ## measure the mail and the reset form against what one would do without them
	@$(BIN)/python -m benchmarks.bench $(ARGS)

model: .venv/dev.stamp ## play a thief against an owner in random order, as in ARGS="--sequences 20000"
	@cd tests && PYTHONPATH=. ../$(BIN)/python -m recovery.model.long_run $(ARGS)

settings-table: .venv/run.stamp ## write the README's table of settings anew, from their declarations
	@$(BIN)/python -m microblog.settings.table README.md

check: .venv/dev.stamp ## lint, types and import contracts, as CI does
	@$(BIN)/ruff format --check --quiet || { echo 'Some files are not formatted: run `make format`.'; exit 1; }
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

format: .venv/dev.stamp ## format the code
	@$(BIN)/ruff format --quiet
	@$(BIN)/ruff check --fix --quiet

lock: .venv/dev.stamp ## choose the newest allowed dependencies and pin them with hashes
	@scripts/lock

clean: ## remove what these commands made, but not the data folder
	rm -rf .venv artefacts .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed and was not found: apt install python3'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed; $(PYTHON) is older.'; exit 1; }
	@cd vendor && sha256sum --quiet --check SHA256SUMS
	@echo 'Setting up .venv, once; this takes a minute.'
	@$(PYTHON) -m venv --without-pip .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@$(INSTALL) -r requirements/run.txt
	@$(PIP) install --quiet --root-user-action=ignore --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@$(INSTALL) -r requirements/dev.txt
	@touch $@
