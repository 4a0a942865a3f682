# Everything is installed into .venv from requirements.lock; nothing else on the machine is touched.
PYTHON ?= python3
BIN := .venv/bin
LAKE := data/demo-lake
N ?= 100000
REALDATA ?= $(BROADSHEET_REALDATA)
DOUBTS ?= 0
# Where this is set, every process of the tests compiles all that it imports anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-prefect faults hostile judge nights lint format bench bench-lake bench-nightly bench-peers lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/installed: requirements.lock bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Broadsheet needs Python 3.11 or newer")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement bootstrap.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	@touch $@

demo: .venv/installed ## Take three nights of sample dumps into a lake and ask who copied whom
	rm -rf $(LAKE)
	$(BIN)/broadsheet run data/samples/night-1 --lake $(LAKE)
	$(BIN)/broadsheet run data/samples/night-2 --lake $(LAKE)
	$(BIN)/broadsheet run data/samples/night-3 --lake $(LAKE)
	$(BIN)/broadsheet query --lake $(LAKE) "$$(cat data/samples/who-copied-whom.sql)"

test: .venv/installed ## Run the fast tests
	$(BIN)/python -m pytest

test-slow: .venv/installed ## Run the tests that take minutes
	$(BIN)/python -m pytest -m slow
	BROADSHEET_PROPERTIES=thorough $(BIN)/python -m pytest tests/property

test-prefect: .venv/installed ## Run the tests that start a Prefect server
	$(BIN)/python -m pytest -n 0 -m prefect

faults: .venv/installed ## Break it in every way we know and count what that does (minutes; faults/result.json)
	$(BIN)/python -m tests.faults

hostile: .venv/installed ## Give it dumps that mean harm and count what they do (minutes; hostile/result.json)
	$(BIN)/python -m tests.hostile

judge: .venv/installed ## Judge deduplication on real dumps (REALDATA=/path) and on generated ones (minutes; bench/judge.json)
	BROADSHEET_REALDATA="$(REALDATA)" $(BIN)/python -m tests.judge --doubts $(DOUBTS)

nights: .venv/installed ## Run thirty nights with ten planted faults, and see that the audit names each (nights/result.json)
	$(BIN)/python -m tests.lab

lint: .venv/installed ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed ## Bring the code into one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/installed ## Time a whole run beside a bare DuckDB copy, and deduplication beside Daft's (N=100000)
	$(BIN)/python -m tests.benchmarks.bench --articles $(N)
	$(BIN)/python -m tests.benchmarks.peers --quick --articles $(N) --repeat 3

bench-lake: .venv/installed ## Time commit, catalog and queries of a lake of 3,000 parts
	$(BIN)/python -m tests.benchmarks.lake --parts 3000

# Nothing is built and no dependency is left to choose: the lock names every wheel.
.venv-peers/installed: tests/benchmarks/peers.lock | .venv/installed
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-peers
	$(BIN)/uv pip install --quiet --python .venv-peers/bin/python --no-build --no-deps --require-hashes \
		--requirement tests/benchmarks/peers.lock
	@touch $@

bench-peers: .venv/installed .venv-peers/installed ## Time deduplication by Daft, text-dedup and datatrove (N=100000)
	$(BIN)/python -m tests.benchmarks.peers --articles $(N)

bench-nightly: .venv/installed ## Time a night of 50,000 upon histories of 0, 500,000 and 5,000,000 articles (15 GB of disk)
	$(BIN)/python -m tests.benchmarks.nightly 0 500000 5000000

lock: .venv/installed ## Choose versions anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --output-file requirements.lock pyproject.toml
	echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --output-file bootstrap.lock -
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-build \
		--no-annotate --no-header --override tests/benchmarks/peers/overrides.in \
		--output-file tests/benchmarks/peers.lock tests/benchmarks/peers/requirements.in

clean: ## Remove the environment and what the demo and the benchmark made
	rm -rf .venv .venv-peers $(LAKE) bench faults hostile nights
