PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
MINISTACK := .venv-ministack/installed
RUNTIME := .venv-runtime/installed
LINTED := $(VENV)/template-linted
AUDIT := .venv-audit/installed
ARCH ?= arm64
WORKFLOWS := .github
WITH_ENV := sh deploy/kernel/with_env.sh

.DEFAULT_GOAL := help
.PHONY: help run run-dynamodb relay test test-kernel verify check check-container check-workflows fix template compatibility audit benchmark benchmark-cold-start lambda-zip deploy deploy-local destroy lock

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

verify: $(INSTALLED) $(MINISTACK) $(RUNTIME) ## Run the tests over the wire, kill processes, run the zip and the steps of the image, deploy and use the stack
	TEST_ADAPTERS="ministack ministack-3-shards" $(BIN)/pytest -m adapters -n auto --dist worksteal
	$(BIN)/pytest tests/kernel/test_kernels_alone.py
	$(BIN)/pytest tests/kernel/faults -rP
	$(BIN)/pytest tests/lambda_zip -rP
	$(BIN)/pytest tests/container -rP
	$(BIN)/pytest tests/deployment

check: $(INSTALLED) $(LINTED) check-container check-workflows ## Check format, lint, types, layers, template.yaml, container and workflows; writes nothing
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --no-cache --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m deploy.template --check

check-container: $(INSTALLED)
	$(BIN)/hadolint --no-color Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

check-workflows: $(INSTALLED)
	@if test -d $(WORKFLOWS); then set -x; \
		$(BIN)/zizmor --offline --quiet --no-progress --persona=pedantic --strict-collection $(WORKFLOWS) && \
		$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)/workflows/*; fi

fix: $(INSTALLED) ## Format, sort imports, mend what the linter can, and make template
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m deploy.template

template: $(INSTALLED) ## Write the generated blocks of template.yaml: table, routes, events
	$(BIN)/python -m deploy.template

compatibility: $(INSTALLED) ## Name what breaks callers of the API and consumers of events; BASE=v1.2.0, or the last release
	$(BIN)/python -m deploy.kernel.compatibility --base "$(BASE)"

audit: $(AUDIT) ## Look for known vulnerabilities of all that is pinned; asks PyPI
	@failed=0; for pins in constraints*.txt; do echo "$$pins" && .venv-audit/bin/pip-audit --progress-spinner off \
		--disable-pip --require-hashes --requirement "$$pins" $(ARGS) || failed=1; done; exit $$failed

benchmark: $(INSTALLED) ## Measure, as ratios to a baseline in the same run
	$(BIN)/python -m benchmarks.memory

benchmark-cold-start: $(INSTALLED) $(MINISTACK) $(RUNTIME) ## Measure a cold start on Lambda, beside a plain handler
	$(BIN)/python -m benchmarks.cold_start

lambda-zip: $(INSTALLED) ## Make dist/lambda-arm64.zip; ARCH=x86_64 makes that for the other architecture
	$(BIN)/python -m deploy.kernel.lambda_zip --arch $(ARCH)

deploy: $(INSTALLED) ## Deploy a stage to AWS: STAGE=dev; and ARCH=x86_64, ZIP=path, or YES=1, which asks nothing
	$(BIN)/python -m deploy.kernel.commands deploy --stage "$(STAGE)" --arch $(ARCH) $(if $(ZIP),--zip "$(ZIP)") $(if $(YES),--yes)

deploy-local: $(INSTALLED) $(MINISTACK) ## Deploy to this machine, with ministack for AWS, until Ctrl-C
	$(BIN)/python -m deploy.kernel.local $(if $(STAGE),--stage "$(STAGE)") $(if $(PORT),--port "$(PORT)")

destroy: $(INSTALLED) ## Delete the stack of a stage: STAGE=dev; its table stays
	$(BIN)/python -m deploy.kernel.commands destroy --stage "$(STAGE)"

lock: $(INSTALLED) ## Choose the newest versions that pyproject.toml allows
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile pyproject.toml --extra server --group dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints.txt
	.venv-lock/bin/uv pip compile pyproject.toml --constraint constraints.txt --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-lambda.txt
	.venv-lock/bin/uv pip compile pyproject.toml --extra server --constraint constraints.txt --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-server.txt
	echo hatchling | .venv-lock/bin/uv pip compile - --constraint constraints.txt --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-build.txt
	printf '%s\n' ministack==1.5.33 aws-sam-translator cryptography | .venv-lock/bin/uv pip compile - --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-ministack.txt
	echo awslambdaric | .venv-lock/bin/uv pip compile - --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-runtime.txt
	echo pip-audit | .venv-lock/bin/uv pip compile - --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --custom-compile-command 'make lock' \
		--quiet --output-file constraints-audit.txt

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Takes seconds, so only when the template has changed.
$(LINTED): template.yaml deploy/kernel/lint.py $(INSTALLED)
	$(BIN)/python -m deploy.kernel.lint template.yaml
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

# In an environment of its own, for it wants a pip of its own.
$(AUDIT): constraints-audit.txt
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check --require-hashes -r constraints-audit.txt
	@touch $@

-include template.mk
