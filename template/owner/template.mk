# Takes an aggregate from the template that this service was made of. Without this file all else works as before.

TEMPLATE := $(shell sed -n 's/^  "template": "\(.*\)",$$/\1/p' .template.json)
COMMIT := $(shell sed -n 's/^  "commit": "\(.*\)",$$/\1/p' .template.json)
FETCHED := .venv/template
export TEMPLATE

.PHONY: aggregate
aggregate: $(INSTALLED) ## Add an aggregate: NAME=Invoice; and PLURAL=…, if it is not Invoices
	@test -n "$(NAME)" || { echo 'Which one? make aggregate NAME=Invoice' >&2; exit 2; }
	@template="$$TEMPLATE"; \
	unpack() { $(BIN)/python -m zipfile -e "$$1" $(FETCHED)/unpacked && mv $(FETCHED)/unpacked/* $(FETCHED)/template; }; \
	until rm -rf $(FETCHED) && mkdir $(FETCHED) && case "$$template" in \
		*://*.zip) curl -fsSL -o $(FETCHED)/zip "$$template" && unpack $(FETCHED)/zip ;; \
		*.zip) unpack "$$template" ;; \
		*) git clone --quiet "$$template" $(FETCHED)/template && \
			git -C $(FETCHED)/template checkout --quiet "$(or $(COMMIT),HEAD)" ;; \
		esac; \
	do \
		echo "No template there: $$template$(if $(COMMIT), at commit $(COMMIT))." >&2; \
		echo "Say where: make aggregate NAME=$(NAME) TEMPLATE=<path, git URL or zip>" >&2; \
		test -t 0 && printf 'Where is it now? ' && read -r template && test -n "$$template" || exit 1; \
	done
	@PYTHONPATH=$(FETCHED)/template $(BIN)/python -P -B -m template.aggregate "$(NAME)" $(PLURAL)
	@$(BIN)/python -m deploy.template
	@rm -rf $(FETCHED)
