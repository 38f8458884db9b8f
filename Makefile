PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
MINISTACK := .venv-ministack/installed
RUNTIME := .venv-runtime/installed
LINTED := $(VENV)/template-linted
AUDIT := .venv-audit/installed
PEERS := .venv-peers/installed
WORKFLOWS := .github
WITH_ENV := sh deploy/kernel/with_env.sh

.DEFAULT_GOAL := help
.PHONY: help run run-dynamodb relay test test-kernel verify check fix template

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 29

run: $(INSTALLED) ## Serve on 127.0.0.1:8080, everything in memory unless .env says otherwise
	$(WITH_ENV) $(BIN)/team-service serve

run-dynamodb: $(INSTALLED) $(MINISTACK) ## Serve on 127.0.0.1:8080, with a local DynamoDB emulator
	$(WITH_ENV) $(BIN)/python -m tests.kernel.ministack --prefix TEAM_SERVICE_ $(BIN)/team-service serve

relay: $(INSTALLED) $(MINISTACK) ## Publish the events of make run-dynamodb to the log; run it in a second terminal
	$(WITH_ENV) $(BIN)/python -m tests.kernel.ministack --prefix TEAM_SERVICE_ --join $(BIN)/team-service relay

test: $(INSTALLED) ## Run your tests, in memory and on moto
	$(BIN)/pytest --ignore tests/kernel -n auto --dist worksteal

test-kernel: $(INSTALLED) ## Run the tests of the kernel
	$(BIN)/pytest tests/kernel -n auto --dist worksteal

verify: $(INSTALLED) $(MINISTACK) $(RUNTIME) ## Run the tests over the wire and under other Pythons (PYTHONS=…), kill processes, run zip and image, deploy the stack
	TEST_ADAPTERS="ministack ministack-curl" $(BIN)/pytest -m adapters -n auto --dist worksteal
	$(BIN)/pytest tests/kernel/test_kernels_alone.py
	$(BIN)/pytest tests/kernel/faults -rP
	$(BIN)/pytest tests/lambda_zip -rP
	$(BIN)/pytest tests/container -rP
	$(BIN)/pytest tests/deployment
	$(BIN)/python -m tests.kernel.pythons $(PYTHONS)

check: $(INSTALLED) $(LINTED) check-container check-workflows ## Check format, lint, types, layers, template.yaml, container and workflows; writes nothing
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --no-cache --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m deploy.template --check

fix: $(INSTALLED) ## Format, sort imports, fix what the linter can, and make template
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m deploy.template

template: $(INSTALLED) ## Write the generated blocks of template.yaml: table, routes, events; ONE=1 changes one index at most
	$(BIN)/python -m deploy.template $(if $(ONE),--one-index)

include deploy/kernel/tools.mk
-include template.mk
