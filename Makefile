# `make` builds the environment and cleans raw/ into clean/.  It needs Python 3.11 or newer, make
# and a package index.  Nothing is built again that is up to date.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
# An environment of its own, with what its lock file pins and the package.  Older pips know no groups, and stumble over extras.
PIP = $(1)/bin/python -m pip install --quiet --disable-pip-version-check
VENV = { test -x $(1)/bin/python || $(PYTHON) -m venv $(1); } && $(call PIP,$(1)) 'pip>=25.1'
PINNED = $(call VENV,$(1)) && $(call PIP,$(1)) --require-hashes -r requirements/$(2).lock && \
  $(call PIP,$(1)) --no-deps --no-build-isolation -e .
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --upgrade \
        --custom-compile-command "make lock" pyproject.toml --extra fast --group build

BENCH ?= .venv/bench
TARGET ?= text
FUZZ = .fuzz/$(TARGET)

.DEFAULT_GOAL := clean
.PHONY: clean report test browser consumers cluster test-cluster smoke lint fuzz format golden phrases docs eval bench profile tidy lock help

clean: .venv/.runtime  ## clean the articles of raw/ into clean/ (the default)
	$(BIN)/cleaner run raw -o clean

report: clean  ## clean, and say where the page is that shows what was cut
	@echo "Open $(CURDIR)/clean/report.html in a browser."

test: .venv/.dev  ## run the tests
	$(BIN)/python -m pytest

# Not pinned, so that it tells whether the newest of these tools read our output.
consumers: .venv/.runtime  ## read real output with the tools it is for (installs them beside, some GB)
	for group in consumers dolma; do \
	  $(call VENV,.venv/$$group) && \
	  $(call PIP,.venv/$$group) -e '.[all]' pytest hypothesis --group $$group || exit 1; \
	  .venv/$$group/bin/python -m pytest -rs tests/consumers tests/readers/test_s3.py tests/readers/test_clouds.py -W default || exit 1; \
	done

cluster: .venv/.cluster  ## test the Ray engine on a cluster of two nodes here (installs it beside)
	.venv/cluster/bin/python -m pytest -m "not full" tests/cluster

test-cluster: .venv/.cluster  ## the same with every variation, some ten minutes
	.venv/cluster/bin/python -m pytest tests/cluster

smoke: .venv/.runtime  ## build wheel and sdist, install the wheel in a clean environment and try it
	rm -rf dist .venv/smoke
	$(BIN)/python -m hatchling build -d dist
	$(PYTHON) -m venv .venv/smoke
	.venv/smoke/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	.venv/smoke/bin/pip install --quiet --disable-pip-version-check --no-deps dist/*.whl
	cd dist && ../.venv/smoke/bin/cleaner run ../raw -o out && ../.venv/smoke/bin/cleaner run ../raw -o out --check
	cd dist && ../.venv/smoke/bin/python -c 'import cleaner; assert cleaner.clean("A  b.").text == "A b.\n"'
	cd dist && ../.venv/smoke/bin/cleaner clean out/documents.jsonl --check -q; test $$? -le 1

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

phrases: .venv/.runtime  ## compile the phrase lists ahead (cleaner/phrases/shipped.bin)
	$(BIN)/python -m cleaner.phrases

docs: .venv/.dev  ## write anew what docs/ takes from the code and from running its examples
	$(BIN)/python -m docs.generate

eval: .venv/.dev  ## score content and chrome on the labelled articles of tests/eval
	$(BIN)/python -m tests.eval.quality

bench: .venv/.runtime  ## measure cleaner and its peers (installs them beside); BENCH_N=50 for a quick look
	$(call PINNED,$(BENCH),bench)
	for name in html text near_duplicates run; do $(BENCH)/bin/python -m benchmarks.bench_$$name || exit 1; done
	$(BENCH)/bin/python -m benchmarks.profile --record
	$(BENCH)/bin/python -m benchmarks.pages

profile: .venv/.runtime  ## show where the time of cleaning goes, by stage
	$(BIN)/python -m benchmarks.profile

tidy:  ## empty clean/
	find clean -mindepth 1 -maxdepth 1 ! -name .gitignore -exec rm -rf {} +

lock: .venv/.runtime  ## pin the newest versions of all dependencies, with hashes
	$(INSTALL) uv
	$(LOCK) --output-file requirements/runtime.lock
	$(LOCK) --constraints requirements/runtime.lock --group dev --output-file requirements/dev.lock
	$(LOCK) --constraints requirements/runtime.lock --group bench --output-file requirements/bench.lock
	$(LOCK) --constraints requirements/runtime.lock --group cluster --extra ray --extra s3 --output-file requirements/cluster.lock

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

# The package itself is installed editable, built with the pinned hatchling and not a fetched one.
.venv/.runtime: requirements/runtime.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "cleaner needs Python 3.11 or newer; try: make PYTHON=python3.12" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements/runtime.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@

.venv/.cluster: .venv/.runtime requirements/cluster.lock
	$(call PINNED,.venv/cluster,cluster)
	touch $@

.venv/.dev: .venv/.runtime requirements/dev.lock
	$(INSTALL) --require-hashes -r requirements/dev.lock
	touch $@
