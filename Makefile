# Two commands: `make demo` opens the whole product on sample data, `make test` passes the tests.
PYTHON ?= python3
PORT ?= 8000
JOBS ?= 2
# Address of an index with CPU builds of torch; empty: the ordinary build (with CUDA on Linux, about 5 GB). See README.
TORCH_INDEX ?=

BIN := .venv/bin
TORCH := $(shell sed -n 's/^\(torch==[0-9.]*\).*/\1/p' requirements/caitu.lock)
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo setup test trials lint lock vendor clean

demo: setup
	@$(BIN)/caitu demo --port $(PORT)

setup: .venv/ready-caitu static/vendor/ready

.venv/tools: requirements/tools.lock
	@echo "[1/4] environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/ready-caitu: .venv/tools requirements/caitu.lock requirements/caitu-cpu.lock pyproject.toml
	@echo "[2/4] locked dependencies (the first time several minutes: torch is large)"
ifeq ($(TORCH_INDEX),)
	@uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/caitu.lock
else
	@uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/caitu-cpu.lock
	@uv pip install --quiet --python $(BIN)/python --default-index $(TORCH_INDEX) $(TORCH)
endif
	@uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

vendor: static/vendor/ready

static/vendor/ready: .venv/tools package.json package-lock.json static/build.mjs
	@echo "[3/4] browser libraries into static/vendor"
	@command -v npm >/dev/null 2>&1 || uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/node.lock
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@node static/build.mjs
	@touch $@

.venv/ready-test: .venv/ready-caitu requirements/test.lock
ifeq ($(TORCH_INDEX),)
	@uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/test.lock
else
	@uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/test-cpu.lock
endif
	@touch $@

test: setup .venv/ready-test
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@bash index/server/with_node.sh $(BIN)/pytest --numprocesses $(JOBS) --dist loadfile

# Every trial of reliability with its control, on both databases; QUICK=1 for a short run of each. Writes docs/trials.md.
trials: setup .venv/ready-test
	@bash index/server/with_node.sh $(BIN)/python bench/trials/all.py $(if $(QUICK),--quick --out var/trials-quick.md)

lint: .venv/ready-test
	@$(BIN)/ruff check .
	@$(BIN)/mypy

lock: .venv/tools
	@sh requirements/lock.sh

clean:
	rm -rf .venv static/vendor node_modules
