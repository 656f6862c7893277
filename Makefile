# `make` builds the environment and cleans raw/ into clean/.  It needs Python 3.11 or newer, make
# and a package index.  Nothing is built again that is up to date.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
        --custom-compile-command "make lock" pyproject.toml --extra fast --group build

TARGET ?= text
FUZZ = .fuzz/$(TARGET)

.DEFAULT_GOAL := clean
.PHONY: clean report test browser lint fuzz format golden docs eval bench tidy lock help

clean: .venv/.runtime  ## clean the articles of raw/ into clean/ (the default)
	$(BIN)/cleaner run raw -o clean

report: clean  ## clean, and say where the page is that shows what was cut
	@echo "Open $(CURDIR)/clean/report.html in a browser."

test: .venv/.dev  ## run the tests
	$(BIN)/python -m pytest

browser: .venv/.dev  ## test the report in Chromium (Debian: apt-get install chromium chromium-driver)
	@command -v chromedriver >/dev/null || { echo "needs chromium and chromedriver on the PATH" >&2; exit 1; }
	$(BIN)/python -m pytest tests/report/test_browser.py

lint: .venv/.dev  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fuzz: .venv/.dev  ## fuzz a part for ten minutes: make fuzz TARGET=text (html, jsonl, decode, table)
	$(INSTALL) "atheris>=2.3"
	mkdir -p $(FUZZ)
	$(BIN)/python -m tests.fuzz.target $(TARGET) -max_total_time=600 -max_len=8192 $(FUZZ) raw tests/fuzz/findings

format: .venv/.dev  ## put the code in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: .venv/.dev  ## write anew what the README and the golden cases show; read the diff
	$(BIN)/python -m tests.test_readme
	$(BIN)/python -m tests.test_seeds

docs: .venv/.dev  ## write anew what docs/ takes from the code and from running its examples
	$(BIN)/python -m docs.generate

eval: .venv/.dev  ## score content and chrome on the labelled articles of tests/eval
	$(BIN)/python -m tests.eval.quality

bench: .venv/.dev  ## run the benchmarks (benchmarks/bench_*.py)
	@for script in benchmarks/bench_*.py; do test ! -f $$script || $(BIN)/python $$script || exit 1; done

tidy:  ## empty clean/
	find clean -mindepth 1 -maxdepth 1 ! -name .gitignore -exec rm -rf {} +

lock: .venv/.runtime  ## pin the newest versions of all dependencies, with hashes
	$(INSTALL) uv
	$(LOCK) --upgrade --output-file requirements.lock
	$(LOCK) --upgrade --group dev --constraints requirements.lock --output-file requirements-dev.lock

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

# The package itself is installed editable, built with the pinned hatchling and not a fetched one.
.venv/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "cleaner needs Python 3.11 or newer; try: make PYTHON=python3.12" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-dev.lock
	touch $@
