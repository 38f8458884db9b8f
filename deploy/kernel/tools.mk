# What the commands of the Makefile use: environments, the zip, deployments, dependencies. An update replaces this file.

ARCH ?= arm64
UV := .venv-uv/bin/uv
COMPILE = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --quiet \
	--custom-compile-command 'make lock'
INSTALL := install --quiet --disable-pip-version-check

.PHONY: lambda-zip deploy-local deploy destroy check-container check-workflows compatibility audit bench load-model lock

lambda-zip: $(INSTALLED) ## Build dist/lambda-arm64.zip; or ARCH=x86_64; LEAN=1 and CURL=1 start faster
	$(BIN)/python -m deploy.kernel.$(if $(LEAN),lean,lambda_zip) --arch $(ARCH) $(if $(CURL),--curl)

deploy-local: $(INSTALLED) $(MINISTACK) ## Deploy the AWS stack to this machine, on an emulator, until Ctrl-C; prints a URL and a token
	$(BIN)/python -m deploy.kernel.local $(if $(STAGE),--stage "$(STAGE)") $(if $(PORT),--port "$(PORT)")

deploy: $(INSTALLED) ## Deploy a stage to AWS: STAGE=dev; optional: ARCH=x86_64, ZIP=path, YES=1 (does not ask)
	$(BIN)/python -m deploy.kernel.commands deploy --stage "$(STAGE)" --arch $(ARCH) $(if $(ZIP),--zip "$(ZIP)") $(if $(YES),--yes)

destroy: $(INSTALLED) ## Delete the stack of a stage: STAGE=dev; its table stays
	$(BIN)/python -m deploy.kernel.commands destroy --stage "$(STAGE)"

check-container: $(INSTALLED)
	$(BIN)/hadolint --no-color Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml

check-workflows: $(INSTALLED)
	@if test -d $(WORKFLOWS); then set -x; \
		$(BIN)/zizmor --offline --quiet --no-progress --persona=pedantic --strict-collection $(WORKFLOWS) && \
		$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)/workflows/*; fi

compatibility: $(INSTALLED) ## Find changes that break callers, consumers of events, or the reading of what is stored; BASE=v1.2.0, or the last release
	$(BIN)/python -m deploy.kernel.compatibility --base "$(BASE)"

audit: $(AUDIT) ## Look for known vulnerabilities of all that is pinned; asks PyPI
	@failed=0; for pins in constraints/*.txt; do echo "$$pins" && .venv-audit/bin/pip-audit --progress-spinner off \
		--disable-pip --require-hashes --requirement "$$pins" $(ARGS) || failed=1; done; exit $$failed

bench: $(INSTALLED) $(PEERS) $(RUNTIME) ## Measure speed beside plain boto3 and other libraries; ARGS="--only calls" is a part
	$(BIN)/python -m benchmarks $(ARGS)

load-model: $(INSTALLED) ## Compute what breaks first under load; ARGS="--writes 3000 --items 1e8" describes yours, ARGS=--help lists all
	@$(BIN)/python -m benchmarks.load_model $(ARGS)

lock: $(UV) ## Update the pinned dependencies to the newest versions that pyproject.toml allows
	$(COMPILE) pyproject.toml --extra server --group dev --upgrade --output-file constraints/dev.txt
	$(COMPILE) pyproject.toml --constraint constraints/dev.txt --output-file constraints/lambda.txt
	$(COMPILE) pyproject.toml --extra server --constraint constraints/dev.txt --output-file constraints/server.txt
	echo pycurl | $(COMPILE) - --constraint constraints/dev.txt --output-file constraints/curl.txt
	echo hatchling | $(COMPILE) - --constraint constraints/dev.txt --output-file constraints/build.txt
	printf '%s\n' ministack==1.5.33 aws-sam-translator cryptography | $(COMPILE) - --upgrade --output-file constraints/ministack.txt
	echo awslambdaric | $(COMPILE) - --upgrade --output-file constraints/runtime.txt
	printf '%s\n' aiodynamo boto3 dyntastic httpx pycurl pydynox pynamodb | $(COMPILE) pyproject.toml - \
		--constraint constraints/dev.txt --output-file constraints/peers.txt
	echo pip-audit | $(COMPILE) - --upgrade --output-file constraints/audit.txt

$(UV):
	$(PYTHON) -m venv .venv-uv
	.venv-uv/bin/pip $(INSTALL) uv

$(INSTALLED): pyproject.toml constraints/dev.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip $(INSTALL) --require-hashes -r constraints/dev.txt
	$(BIN)/pip $(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# Takes seconds, so only when the template has changed.
$(LINTED): template.yaml deploy/kernel/lint.py $(INSTALLED)
	$(BIN)/python -m deploy.kernel.lint template.yaml
	@touch $@

# An environment of its own for what does not fit into ours: ministack pins an older botocore, pip-audit brings a pip, the
# zip must not lean on what is installed beside Lambda's runtime client, and no service needs the libraries measured beside it.
$(MINISTACK) $(RUNTIME) $(AUDIT) $(PEERS): .venv-%/installed: constraints/%.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/pip $(INSTALL) --require-hashes -r $<
	@touch $@
