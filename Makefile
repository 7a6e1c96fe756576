# Everything a newcomer needs: `make demo` and `make test` prepare their own environment in .venv.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: help install demo test check nightly bench format lock clean

help:
	@echo "make demo     install into .venv, then plan the shipped example and a chart"
	@echo "make test     install into .venv, then run all tests"
	@echo "make check    style, types, imports one way, generated files up to date"
	@echo "make nightly  all tests, with the long random histories"
	@echo "make bench    timings, beside kubeconform where Go can install it"
	@echo "make lock     renew constraints.txt, the versions that installs are held to"

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kplan needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -m compileall -q kplan
	@touch $@

demo: install
	$(BIN)/kplan plan --from examples/shop/before --to examples/shop/after
	@echo
	$(BIN)/kplan plan charts/lets-chat

test: install
	$(BIN)/python -m pytest -n auto

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

nightly: install
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n auto

bench: install
	$(BIN)/python -m bench

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt
	@touch $(INSTALLED)

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
