# `make demo` and `make test` need Python 3.11 or later and make, and set up the rest. `make help` lists all.

# The first Python that is new enough and can make a virtual environment.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
# How many tests run at a time: `auto` is three more than there are processors, for many tests wait in real time. A slow
# machine can say `make test JOBS=1`.
JOBS ?= auto

# What Python compiles is kept, whatever the environment says: else each worker of each run compiles all tests again.
test check coverage test-pppd: export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test check bench test-pppd fuzz soak docs pictures format setup runners coverage clean

help: ## Show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort | expand -t 12

demo: $(VENV)/.installed ## Show the hang of KB 175410 and its cure
	@$(BIN)/simisp demo

test: $(VENV)/.developing runners ## Run all tests, with the real script runners
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal

check: $(VENV)/.developing ## Format, lint, types, layers, docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m pytest -q tests/docs

bench: $(VENV)/.developing runners ## Print the figures of this machine
	@$(BIN)/python -m bench

coverage: $(VENV)/.developing runners ## Run all tests and show what they do not reach
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -q
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

test-pppd: $(VENV)/.developing runners ## Play every bad behaviour of PPP with the real pppd, and dial from a guest of QEMU and from lwIP
	@SIMISP_TEST_PPPD=all $(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal tests/pppd

fuzz: $(VENV)/.developing ## Throw random input at all that reads what others write, for ten minutes
	@$(BIN)/python -m tests.fuzz

soak: $(VENV)/.developing ## Make ten thousand calls on each kind of port, and see that nothing grows
	@$(BIN)/python -m tests.soak

docs: $(VENV)/.developing ## Write the documents that are made from the code, and build the site
	@$(BIN)/python -m tests.support.generated_pages
	@$(BIN)/zensical build --strict

pictures: $(VENV)/.developing runners ## Make the picture of the page anew, in a browser
	@$(BIN)/python -m tests.support.pictures

format: $(VENV)/.developing ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

setup: $(VENV)/.developing runners ## Set everything up

runners: ## Install the real script runners that the tests use (as root, through apt)
	@sh tests/install-runners

$(VENV)/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "simisp needs Python 3.11 or later, with venv (on Debian: python3-venv)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.developing: $(VENV)/bin/python pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.installed

clean: ## Remove what was built and set up
	rm -rf $(VENV) site .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
