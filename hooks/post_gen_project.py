"""Run by cookiecutter, which renders this first. Answers come as JSON text: nothing that a user types is ever code."""

import json
import sys
from pathlib import Path

# Rendered in the checkout of the template, and run in the new folder: this is the only way to know the former.
ROOT = Path({{lipsum.__globals__["os"].getcwd() | tojson}})
ANSWERS = json.loads(r'''{{ cookiecutter | tojson }}''')

if sys.version_info < (3, 11):
    sys.exit("Cookiecutter runs on Python %d.%d here; this template needs 3.11 or later." % sys.version_info[:2])
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT))

from template.generate import generate

generate(ROOT, ANSWERS)
