# One command each. GNU make 3.81 (macOS) is enough.

PYTHON ?= python3
PORT ?= 8000
STUDY ?= studies/nct06449937.toml
WORKERS ?= 2
export PORT

BIN := .venv/bin
RUNTIME := .venv/.runtime
DEVELOPMENT := .venv/.development
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard qol_app/translations/*/LC_MESSAGES/*.po))
PACKAGES := qol_app questionnaires scoring

.PHONY: help run test check bench soak screenshots lint

help:
	@echo "make run     a study with simulated participants on http://127.0.0.1:$(PORT)  (PORT=, STUDY=)"
	@echo "make test    all tests, on SQLite, PostgreSQL and in a real browser  (WORKERS=)"
	@echo "make check   formatting, lint, types, floors, then all tests; nothing may be missing"
	@echo "make bench   measure pages and whole sessions under load"
	@echo "make screenshots  every state of the pages, into docs/screenshots"
	@echo "make soak    walk a survey 200 times over a line that breaks (half an hour)"

run: $(RUNTIME) $(CATALOGUES)
	@$(BIN)/flask --app wsgi rehearsal run $(STUDY)

test: $(DEVELOPMENT) $(CATALOGUES)
	@sh .ci/system-packages
	@$(BIN)/pytest -n $(WORKERS)

check: lint
	@sh .ci/system-packages
	@QOL_REQUIRE_ALL=1 $(BIN)/pytest -n $(WORKERS)

screenshots: $(DEVELOPMENT) $(CATALOGUES)
	@sh .ci/system-packages
	@$(BIN)/python -m tests.screenshots

lint: $(DEVELOPMENT) $(CATALOGUES)
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/mypy $(PACKAGES)
	@$(BIN)/lint-imports

bench: $(RUNTIME) $(CATALOGUES)
	@$(BIN)/python -m benchmarks.scoring
	@$(BIN)/python -m benchmarks.survey
	@$(BIN)/python -m benchmarks.reminders
	@$(BIN)/python -m benchmarks.worklist

soak: $(DEVELOPMENT) $(CATALOGUES)
	@sh .ci/system-packages
	@$(BIN)/python -m benchmarks.offline

# A folder with pip is kept; only what the requirements files name is brought up to date.
$(RUNTIME): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is not. Say which: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python's venv is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing the platform into .venv (a minute or two) ..."
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing the tools for tests and checks into .venv ..."
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Translations marked fuzzy are guesses and stay out.
%.mo: %.po | $(RUNTIME)
	@$(BIN)/pybabel --quiet compile -i $< -o $@
