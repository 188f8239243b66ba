# From a fresh clone, with Python 3.11 or later and make: `make serve` and `make test`. Everything is installed into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup assets serve test check bench messages pins migration clean

help: ## Show what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

$(VENV)/.installed: requirements.txt
	@echo "· making .venv and installing what the portal needs (a minute or two, once)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "· installing what the tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# A second verifier of credentials. Where there is no npm, its tests are skipped; in CI it must be there.
$(VENV)/.installed-node: tests/credentials/node/package-lock.json $(VENV)/.installed-dev
	@if command -v npm >/dev/null || test -n "$$CI"; then \
	  echo "· installing what checks credentials with Node"; npm ci --silent --no-audit --no-fund --prefix tests/credentials/node || test -z "$$CI"; fi
	@touch $@

assets: $(VENV)/.installed ## Build fonts, message catalogues and compressed files
	@$(BIN)/python -m portal.foundation.typeface static/fonts
	@$(BIN)/pybabel -q compile -d portal/translations
	@$(BIN)/python -m whitenoise.compress -q static

setup: assets ## Install and build, start nothing

serve: assets ## Run the portal with demo data and the worker on http://127.0.0.1:8000 (PORT=… moves it)
	@PORT=$(PORT) exec $(BIN)/python -m portal.serving

test: $(VENV)/.installed-dev $(VENV)/.installed-node assets check ## Run every test, lint and type check
	@$(BIN)/python -m pytest -n auto --dist worksteal -q

check: $(VENV)/.installed-dev assets ## Lint, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet

bench: $(VENV)/.installed-dev assets ## Measure speed beside a hello-world page, print the table
	@$(BIN)/python -m tests.benchmarks

messages: $(VENV)/.installed-dev ## Bring new texts into the catalogue, for translating
	@$(BIN)/pybabel -q extract -F babel.cfg -k _ -k N_ -k NP_:1c,2 -k lazy_gettext --no-location --omit-header --sort-output -o $(VENV)/messages.pot .
	@$(BIN)/pybabel -q update -N --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 140 -i $(VENV)/messages.pot -d portal/translations -l ka

pins: $(VENV)/.installed-dev ## Write the pinned requirements anew
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate requirements-dev.in -o requirements-dev.txt

migration: $(VENV)/.installed-dev ## Draft a migration from the models: make migration m="what changes"
	@$(FLASK) db revision --autogenerate -m "$(m)"

clean: ## Remove everything built here, the local database included
	rm -rf $(VENV) var static/fonts
