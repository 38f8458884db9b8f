# What the template has and a service made from it has not. There, this file has other targets.

OUT ?= ..
NEW := .venv-new/installed
WORKFLOWS := template/owner/.github

.PHONY: new check-template test-template test-template-zip modules lines lock-template

new: $(NEW) ## Generate your own service, beside this folder; OUT=… puts it elsewhere, ARGS="aggregate=Order" skips the questions
	.venv-new/bin/python -B -m template.new --output-dir "$(OUT)" $(ARGS)

check: check-template
check-template: $(INSTALLED)
	$(BIN)/mypy -p template

test: test-kernel

verify: test-template test-template-zip
test-template: $(INSTALLED) $(NEW) $(MINISTACK)
	$(BIN)/pytest tests/template -n auto --dist worksteal

test-template-zip: $(INSTALLED) $(MINISTACK) $(RUNTIME)
	$(BIN)/pytest tests/template_zip -rP

modules: $(INSTALLED) $(MINISTACK) $(RUNTIME) ## Pin the modules of a cold start that the tests compare with
	$(BIN)/python -m tests.template_zip.modules

lines: $(INSTALLED) ## Count the lines of an aggregate, with the kernel and on boto3 alone
	@$(BIN)/python -m template.lines

lock: lock-template
lock-template: $(UV)
	printf '%s\n' cookiecutter cruft ruff | $(COMPILE) - --upgrade --output-file constraints/template.txt

$(NEW): constraints/template.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv-new
	.venv-new/bin/pip $(INSTALL) --require-hashes -r constraints/template.txt
	@touch $@
