# `make run` and `make test` set themselves up on a machine that has Python 3.11 and no more.
# What is set up is stamped with what it was made from, so that a second run starts at once.

PYTHON ?= $(firstword $(shell command -v python3.11) python3)
BIN := .venv/bin
hash = $(shell cat $(1) | cksum | cut -d' ' -f1)
RUN_READY := .venv/run-$(call hash,requirements.txt pyproject.toml)
TEST_READY := .venv/test-$(call hash,requirements-dev.txt)
PEERS_READY := .venv-bench/ready-$(call hash,bench/requirements-peers.txt)
PAGES_READY := node_modules/ready-$(call hash,package.json package-lock.json)
MINUTES ?= 30
SERVICE ?= $(error which one? make migration SERVICE=correspondence)

.PHONY: help run test bench drill check format migration lock clean

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

run: $(RUN_READY) $(PAGES_READY) ## the whole house in one process, with a sample office: http://127.0.0.1:8000
	@exec $(BIN)/amnuay run

test: $(RUN_READY) $(TEST_READY) $(PAGES_READY) ## all tests; what could not be run is named at the end
	@infra/deployment/browser
	@infra/deployment/imap
	@$(BIN)/python -m tests.suite $(ARGS)

bench: $(RUN_READY) $(TEST_READY) $(PAGES_READY) $(PEERS_READY) ## ARGS=…: measure beside peers, into bench/RESULTS.md (--help lists what can be told)
	@infra/deployment/browser
	@$(BIN)/python -W ignore -m bench $(ARGS)

drill: $(RUN_READY) $(TEST_READY) ## MINUTES=30: things broken on purpose, under load; SEED=n repeats an order
	@$(BIN)/python -W ignore -m tests.fault.drill --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

check: $(RUN_READY) $(TEST_READY) ## lint, format, types, who may import whom, tables against migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/amnuay migrate --check

format: $(TEST_READY) ## put the source into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migration: $(RUN_READY) ## SERVICE=x: write the next migration of a service from its tables as declared
	$(BIN)/python -m infra.migrate revise $(SERVICE)

lock: $(TEST_READY) ## pin the newest packages that fit, with hashes and without naming an index
	for name in requirements requirements-dev requirements-node bench/requirements-peers; do \
		CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet --upgrade --generate-hashes \
			--allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host \
			--no-emit-find-links --output-file $$name.txt $$name.in || exit 1; \
	done

clean: ## everything that was set up; the data in ./data stays
	rm -rf .venv .venv-bench node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Amnuay needs Python 3.11; name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up, once: a few minutes."
	$(PYTHON) -m venv .venv

$(RUN_READY): | $(BIN)/python
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@rm -f .venv/run-* && touch $@

$(TEST_READY): | $(RUN_READY)
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@rm -f .venv/test-* && touch $@

$(PEERS_READY): | $(BIN)/python
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --require-hashes -r bench/requirements-peers.txt
	@rm -f .venv-bench/ready-* && touch $@

$(PAGES_READY): | $(BIN)/python
	@command -v npm >/dev/null || $(BIN)/pip install --quiet --require-hashes -r requirements-node.txt
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --no-audit --no-fund --loglevel=error
	@touch $@
