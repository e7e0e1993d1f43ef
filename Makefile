# make run    everything on this computer: shop, phone, ledger     PORT=8000  RESET=1 forgets the past
# make test   every check that CI runs                             make check  the fast ones: no browser, no npm
# make package    the zip and the template for Lambda, in build/   STAGE=dev
PYTHON ?= python3
PORT ?= 8000
RESET ?=
STAGE ?= dev
BIN := .venv/bin

.PHONY: run test check bench package ready clean needs-run needs-test needs-check format
.DEFAULT_GOAL := run

run: needs-run ready
	@PORT=$(PORT) RESET=$(RESET) exec $(BIN)/python -m ops.laptop

test: needs-test ready static
	$(BIN)/pytest -n auto --dist loadgroup -m "not browser"
	$(BIN)/pytest -m browser

check: needs-check .venv/ready static
	$(BIN)/pytest -n auto --dist loadgroup -m "not browser and not npm and not package"

bench: needs-run ready
	$(BIN)/python -m bench

package: needs-check .venv/ready
	$(BIN)/python -m ops.package $(STAGE)

.PHONY: static
static:
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format:
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

needs-run needs-test needs-check: needs-%:
	@$(PYTHON) ops/needs.py $*

ready: .venv/ready node_modules/.ready

# pip says nothing new about an environment it has already filled: the stamp remembers for which lock it was filled.
# The project itself is installed as a link, so that `.venv/bin/pointpass` runs this very checkout from any folder.
.venv/ready: requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	@touch $@

node_modules/.ready: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf .venv node_modules .local build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
