PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
MINISTACK := .venv-ministack/installed
RUNTIME := .venv-runtime/installed
PEERS := .venv-peers/installed
ARCH ?= arm64
WITH_ENV := sh deploy/kernel/with_env.sh

.DEFAULT_GOAL := help
.PHONY: help run run-dynamodb relay test test-kernel verify check fix bench lambda-zip lock

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: $(INSTALLED) ## Serve on 127.0.0.1:8080, everything in memory unless .env says otherwise
	$(WITH_ENV) $(BIN)/team-service serve

run-dynamodb: $(INSTALLED) $(MINISTACK) ## Serve on 127.0.0.1:8080, everything in a DynamoDB of this machine
	$(WITH_ENV) $(BIN)/python -m tests.kernel.ministack --prefix TEAM_SERVICE_ $(BIN)/team-service serve

relay: $(INSTALLED) $(MINISTACK) ## Carry the events of make run-dynamodb, in another terminal, to the log
	$(WITH_ENV) $(BIN)/python -m tests.kernel.ministack --prefix TEAM_SERVICE_ --join $(BIN)/team-service relay

test: $(INSTALLED) ## Run your tests, in memory and on moto
	$(BIN)/pytest --ignore tests/kernel -n auto --dist worksteal

test-kernel: $(INSTALLED) ## Run the tests of the kernel
	$(BIN)/pytest tests/kernel -n auto --dist worksteal

verify: $(INSTALLED) $(MINISTACK) $(RUNTIME) ## Run the tests of the adapters over the wire, kill processes, run the zip for Lambda
	TEST_ADAPTERS="ministack ministack-3-shards" $(BIN)/pytest -m adapters -n auto --dist worksteal
	$(BIN)/pytest tests/kernel/test_kernels_alone.py
	$(BIN)/pytest tests/kernel/faults -rP
	$(BIN)/pytest tests/lambda_zip -rP

check: $(INSTALLED) ## Check format, lint, types and layers; writes nothing
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --no-cache --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: $(INSTALLED) ## Format, sort imports, mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED) $(PEERS) $(RUNTIME) ## Measure speed beside plain boto3 and other libraries; ARGS="--only calls" is a part
	$(BIN)/python -m benchmarks $(ARGS)

lambda-zip: $(INSTALLED) ## Make dist/lambda-arm64.zip; ARCH=x86_64 makes that for the other architecture
	$(BIN)/python -m deploy.kernel.lambda_zip --arch $(ARCH)

lock: $(INSTALLED) ## Choose the newest versions that pyproject.toml allows
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile pyproject.toml --extra server --group dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints.txt
	.venv-lock/bin/uv pip compile pyproject.toml --constraint constraints.txt --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-lambda.txt
	printf '%s\n' ministack==1.5.33 aws-sam-translator cryptography | .venv-lock/bin/uv pip compile - --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-ministack.txt
	printf '%s\n' aiodynamo boto3 dyntastic httpx pydynox pynamodb | .venv-lock/bin/uv pip compile pyproject.toml - \
		--constraint constraints.txt --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-peers.txt
	echo awslambdaric | .venv-lock/bin/uv pip compile - --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-runtime.txt

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# In an environment of its own, for it pins an older botocore.
$(MINISTACK): constraints-ministack.txt
	$(PYTHON) -m venv .venv-ministack
	.venv-ministack/bin/pip install --quiet --disable-pip-version-check --require-hashes -r constraints-ministack.txt
	@touch $@

# In an environment of its own, for on Lambda it is not ours, and the zip must not lean on what is installed here.
$(RUNTIME): constraints-runtime.txt
	$(PYTHON) -m venv .venv-runtime
	.venv-runtime/bin/pip install --quiet --disable-pip-version-check --require-hashes -r constraints-runtime.txt
	@touch $@

# In an environment of its own, for a service needs none of these libraries; what it does need is there in its versions.
$(PEERS): constraints-peers.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --disable-pip-version-check --require-hashes -r constraints-peers.txt
	@touch $@

-include template.mk
