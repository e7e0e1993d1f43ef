# make run    everything on this computer: shop, phone, ledger     PORT=8000  RESET=1 forgets the past
# make test   every check that CI runs                             make check  the fast ones: no browser, no npm
# make kill9      kills the ledger's writer and its engine at random moments: KILLS=200
# make simulate   worlds that go wrong, from seeds: SEEDS=40   make soak  the same for HOURS=1
# make mutation   plants mistakes in the pure rooms and counts those the tests notice: hours; SAMPLE=500 SEED=4 runs some
# make docs       writes docs/programs.md anew from the descriptions of the language
# make package    the zip and the template for Lambda, in build/   STAGE=dev   PROFILE=small, or strict
# make deploy     packages a stage, looks at the account, shows every change, asks, deploys, tries it   STAGE=  PROFILE=
PYTHON ?= python3
PORT ?= 8000
RESET ?=
STAGE ?= dev
PROFILE ?= small
KILLS ?= 200
SEEDS ?= 40
HOURS ?= 1
SAMPLE ?= 0
SEED ?= 4
BIN := .venv/bin

.PHONY: run test check docs bench simulate soak kill9 mutation package deploy ready clean needs-run needs-test needs-check format
.DEFAULT_GOAL := run

run: needs-run ready
	@PORT=$(PORT) RESET=$(RESET) exec $(BIN)/python -m ops.laptop

test: needs-test ready .ministack/ready static
	$(BIN)/pytest -n auto --dist loadgroup -m "not browser"
	$(BIN)/pytest -n auto --dist loadfile -m browser

check: needs-check .venv/ready static
	$(BIN)/pytest -n auto --dist loadgroup -m "not browser and not npm and not package"

bench: needs-run ready
	$(BIN)/python -m bench

kill9: needs-run ready
	$(BIN)/python -m ops.kill9 --kills $(KILLS)

simulate: needs-check .venv/ready
	$(BIN)/pointpass simulate --seeds $(SEEDS)

soak: needs-check .venv/ready
	@mkdir -p build
	$(BIN)/pointpass simulate --first 1000000 --hours $(HOURS) --require-coverage --json build/soak.json

mutation: needs-check .venv/ready
	$(BIN)/python -m ops.mutation --sample $(SAMPLE) --seed $(SEED) --children 2

docs: needs-check .venv/ready
	$(BIN)/python -m ops.language

package: needs-check .venv/ready
	$(BIN)/python -m ops.package $(STAGE) --profile $(PROFILE)

deploy: package
	$(BIN)/pointpass deploy --stage $(STAGE) --profile $(PROFILE)

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

# Imitates AWS for the deployed package. An environment of its own: it pins other versions than the house.
# uv makes it in two seconds; where it does not know the index that pip was told of, pip does it in half a minute.
.ministack/ready: requirements-ministack.txt .venv/ready
	$(PYTHON) -m venv .ministack
	$(BIN)/uv pip install --quiet --python .ministack/bin/python -r requirements-ministack.txt || \
	  .ministack/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-ministack.txt
	@touch $@

node_modules/.ready: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf .venv .ministack node_modules .local build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
