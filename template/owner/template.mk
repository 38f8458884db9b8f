# Takes an aggregate from the template that this service was made of. Without this file all else works as before.

TEMPLATE := $(shell sed -n 's/^  "template": "\(.*\)",$$/\1/p' .template.json)
COMMIT := $(shell sed -n 's/^  "commit": "\(.*\)",$$/\1/p' .template.json)
FETCHED := .venv/template

.PHONY: aggregate
aggregate: $(INSTALLED) ## Add an aggregate: NAME=Invoice; and PLURAL=…, if it is not Invoices
	@test -n "$(NAME)" || { echo 'Which one? make aggregate NAME=Invoice' >&2; exit 2; }
	@rm -rf $(FETCHED)
	@template='$(TEMPLATE)'; \
	until case "$$template" in \
		*.zip) $(BIN)/python -m zipfile -e "$$template" $(FETCHED) && mv $(FETCHED)/*/* $(FETCHED)/ ;; \
		*) git clone --quiet "$$template" $(FETCHED) && git -C $(FETCHED) checkout --quiet "$(or $(COMMIT),HEAD)" ;; \
		esac; \
	do \
		echo "There is no template of this service at $$template: make aggregate NAME=$(NAME) TEMPLATE=<path, git URL or zip>" >&2; \
		rm -rf $(FETCHED); \
		test -t 0 && printf 'Where is it now? ' && read -r template && test -n "$$template" || exit 1; \
	done
	@PYTHONPATH=$(FETCHED) $(BIN)/python -B -m template.aggregate $(NAME) $(PLURAL)
