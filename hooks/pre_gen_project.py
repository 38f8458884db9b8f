"""Run by cookiecutter, which renders this first. Answers come as JSON text: nothing that a user types is ever code."""

import json
import sys
from pathlib import Path

# Rendered in the checkout of the template, and run in the new folder: this is the only way to know the former.
ROOT = Path({{lipsum.__globals__["os"].getcwd() | tojson}})
ANSWERS = json.loads(r'''{{ cookiecutter | tojson }}''')

# Cookiecutter drops answers to questions that do not exist, without a word. Only its command line still has them.
# {% set modules = lipsum.__globals__["os"].sys.modules %}
# {% set click = modules.get("typer._click.globals") or modules.get("click") %}
# {% set command = click.get_current_context(silent=True) if click else None %}
GIVEN = json.loads(r'''{{ (command.params.get("extra_context") if command else None) | tojson }}''') or {}

if sys.version_info < (3, 11):
    sys.exit("Cookiecutter runs on Python %d.%d here; this template needs 3.11 or later." % sys.version_info[:2])
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT))

from template.generate import check

check(ROOT, ANSWERS, json.loads(GIVEN) if isinstance(GIVEN, str) else GIVEN)  # cruft is given JSON
