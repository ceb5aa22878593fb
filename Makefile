# make run [TILL=n]   open till n of the practice network
# make test           every check and every test but those of bench and soak
# make bench          speed against floors measured in the same run
# make soak           many more seeds of the simulated networks (SEEDS=0..1999), the deep searches of claims,
#                     a hundred thousand scans and a day of a thousand receipts
# make fmt lint types screenshots lock locale
SHELL := /bin/bash
TILL ?= 1
SEEDS ?= 0..1999
VENV := .venv
BIN := $(VENV)/bin
# The first python in range; 3.13 has no Automerge wheel.
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 13)))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test fmt lint types bench soak screenshots lock locale clean

run: $(VENV)/run.stamp
	@$(BIN)/tillmesh practice --till $(TILL)

# Types and import contracts are checked beside the tests, which wait a lot. What they have to say comes in one piece:
# when they are through, or at the end if something is wrong.
test: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@{ $(BIN)/mypy && $(BIN)/lint-imports; } >$(VENV)/checks.log 2>&1 && { echo; cat $(VENV)/checks.log; } & checks=$$!; \
	echo '$(PYTEST)'; $(PYTEST); tested=$$?; \
	wait $$checks || { cat $(VENV)/checks.log; exit 1; }; \
	exit $$tested
PYTEST := $(BIN)/python -m pytest -n 4 --dist worksteal -m "not benchmark and not soak"

fmt: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/dev.stamp
	$(BIN)/mypy

bench: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -m benchmark -s -p no:randomly tests/benchmarks

soak: $(VENV)/dev.stamp
	$(BIN)/tillmesh simulate --seeds $(SEEDS)
	$(BIN)/python -m pytest -m soak -s -p no:randomly tests/simulation tests/app/screens tests/e2e

# The pictures of README and docs, and the table of keys in docs/till.md.
screenshots: $(VENV)/run.stamp
	$(BIN)/python -m app.screens.picture --lang en docs/sale.svg
	$(BIN)/python -m app.screens.picture --lang en --scene payment docs/payment.svg
	$(BIN)/python -m app.screens.picture --lang de --size 120x40 docs/roomy.svg
	$(BIN)/python -m app.screens.picture --lang en --scene search docs/search.svg
	$(BIN)/python -m app.screens.picture --lang en --scene functions docs/functions.svg
	$(BIN)/python -m app.screens.picture --lang en --scene tenders docs/tenders.svg
	$(BIN)/python -m app.screens.picture --lang de --scene count docs/count.svg
	$(BIN)/python -m app.screens.picture --lang en --scene network docs/network.svg
	$(BIN)/python -m app.screens.picture --lang en --scene devices docs/devices.svg
	$(BIN)/python -m app.screens.picture --lang de --scene paper docs/receipt.png
	$(BIN)/python tools/office_pictures.py docs
	$(BIN)/python tools/key_table.py

# Renews both lock files. They name hashes, never an address.
lock: $(VENV)/dev.stamp
	$(BIN)/uv pip compile --quiet --upgrade $(LOCK) --extra build --extra office pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade $(LOCK) --extra build --extra office --extra dev pyproject.toml -o requirements-dev.lock
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-config

# Compiles the catalogues; `make locale` after each change of a .po file.
locale: $(VENV)/dev.stamp
	$(BIN)/python tools/catalogues.py

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "tillmesh needs Python 3.11 or 3.12; name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# Python's own pip is slow: the one of the lock takes a third of the time for the rest, and compiles nothing that is
# never imported.
define install
@sed -n '/^pip==/,/[^\\]$$/p' $(1) >$(VENV)/pip.lock
@$(PIP) install --require-hashes -r $(VENV)/pip.lock
@$(PIP) install --require-hashes --no-compile -r $(1)
@$(PIP) install --no-deps --no-build-isolation -e .
endef

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages into $(VENV) (once) ..."
	$(call install,requirements.lock)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages and tools into $(VENV) (once) ..."
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/run.stamp

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
