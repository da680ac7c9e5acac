# `make help` lists what there is. Everything but `help` installs first what uv.lock names.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
STAMP := .venv/.installed
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help run install test check prove bench fix schema web

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' \
		| while IFS="$$(printf '\t')" read -r name what; do printf '  make %-8s %s\n' "$$name" "$$what"; done

run: install ## serve the demo on http://127.0.0.1:8000
	$(BIN)/piala serve --demo

install: $(STAMP) ## make .venv from uv.lock

$(STAMP): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Piala needs Python 3.11 or newer; try: make PYTHON=python3.12 install" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/uv --version 2>/dev/null | grep -qF "uv $(UV_VERSION) " \
		|| $(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(BIN)/uv sync --frozen --inexact
	@touch $@

test: install ## the whole suite, on SQLite and on PostgreSQL, in parallel
	$(BIN)/pytest -n auto

check: install ## all that CI runs
	$(BIN)/uv lock --check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/piala schema | diff -u schema.graphql - \
		|| { echo "schema.graphql is out of date: make schema" >&2; exit 1; }
	$(BIN)/pytest -n auto

prove: install ## the proofs at length: 10,000 stories of 100 steps; takes hours, says what it ran
	HYPOTHESIS_PROFILE=proof $(BIN)/pytest -n auto tests/proofs

bench: install ## the benchmarks, each a ratio measured side by side; writes a table
	$(BIN)/python -m bench

fix: install ## let ruff repair and format what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: install ## print the GraphQL schema into schema.graphql
	$(BIN)/piala schema > schema.graphql

web: ## build the progress screen into api/static/screen (needs Node; commit the result)
	npm ci --prefix web --no-audit --no-fund
	npm run build --prefix web
