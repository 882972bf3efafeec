# `make demo` runs the main job on what the repository ships, `make test` runs the tests. Both set up a
# .venv first and reuse it when it is there. `make docs` builds the site of the pages. `make mutants` checks
# that the tests fail on small faults.

PYTHON ?= python3
PER_COMPOSER ?= 3
SEED ?= 1
WORKERS ?= logical
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test pytest docs mutants lint format install clean

install: $(READY)

$(READY): setup.cfg pyproject.toml requirements/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("violin needs Python 3.10 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 10) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements/constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY)
	$(BIN)/python scripts/demo.py --per-composer $(PER_COMPOSER) --seed $(SEED) --out demo

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: $(READY)
	@$(MAKE) --no-print-directory --jobs=2 lint pytest

pytest: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

docs: $(READY)
	$(BIN)/mkdocs build --strict --quiet --site-dir site
	@echo site/index.html

mutants: $(READY)
	$(BIN)/python scripts/run_mutants.py

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
