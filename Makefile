# Everything a newcomer types. `make run` and `make test` set up what they need themselves.
PYTHON ?= python3
INPUT ?=
DATA ?=
STAGE ?= dev
PARAMETERS ?=
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast down clean check bench evaluate deploy lock

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: .venv/ready .venv-cloud/ready ## Virtual environments with everything in them

.venv/ready .venv-cloud/ready &: requirements-dev.txt requirements-cloud.txt infra/local/setup.py
	@$(PYTHON) -m infra.local.setup

run: setup ## Start the local cloud, deploy, send the sample shop's day, compute its metrics; INPUT=<folder> replays real data
	@$(BIN)/python -m infra.local run $(if $(INPUT),--input "$(INPUT)")

down: ## Stop the local cloud; its data stays
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m infra.local down; fi

clean: down ## Stop the local cloud and delete its data
	@rm -rf .local build

test: setup ## Every test that needs no AWS account
	@$(BIN)/python -m pytest

test-fast: setup ## The tests that need no local cloud and no browser
	@$(BIN)/python -m pytest tests/unit tests/world tests/contract tests/integration

check: setup ## What CI runs: format, lint, types, import rules, template lint, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m infra.lint
	@$(BIN)/python -m pytest

bench: setup ## All benches, and the table of their figures
	@$(BIN)/python -m bench

evaluate: setup ## Figures of what learns, on halves of data sets: make evaluate DATA=<folder>
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m infra.evaluate $(DATA)

deploy: setup ## Package and deploy to AWS: make deploy STAGE=prod PARAMETERS="MailDomain=example.com"
	@$(BIN)/python -m infra.deploy $(STAGE) $(PARAMETERS)

lock: setup ## Lock the requirements anew
	@for name in requirements requirements-analytics requirements-encoder requirements-insights requirements-pictures requirements-mail requirements-dev requirements-cloud; do \
	  $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	    $$name.in -o $$name.txt || exit 1; done
	@$(BIN)/uv pip compile -q --no-deps --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  requirements-static.in -o requirements-static.txt
