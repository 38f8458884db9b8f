"""The template of the service as the page on tables of their own changes it."""

import re
import sys
from pathlib import Path
from unittest.mock import patch

from deploy.kernel.sam import TEMPLATE
from deploy.kernel.template import events
from deploy.kernel.template import routes
from deploy.kernel.template import run
from deploy.kernel.template import table
from infrastructure.api.routes import ROUTES
from infrastructure.container import Container

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/recipes/own-table.md").read_text(encoding="utf-8")
PLACES = ("        TEAM_SERVICE_DYNAMODB_TABLE: !Ref Table\n", "    DependsOn: RelayMapping\n", "\nResources:\n")
"""After, or in the place of, which lines those of the page come, in their order."""


def write_template(path: Path, *, is_used: bool = True) -> None:
    """Writes the template with the lines that the page shows, and has `make template` fill the new block.

    Without `is_used` the variable is left out, so that the table is there, and empty.
    """
    text = (ROOT / TEMPLATE).read_text(encoding="utf-8")
    variable, waiting, resources = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    after_variable, waiting_before, heading = PLACES
    for place, lines in (
        (after_variable, after_variable + (variable if is_used else "")),
        (waiting_before, waiting),
        (heading, f"{heading}\n{resources}"),
    ):
        assert text.count(place) == 1
        text = text.replace(place, lines)
    path.write_text(text, encoding="utf-8")
    make_template(path)


def make_template(path: Path, *arguments: str) -> None:
    with patch.object(sys, "argv", ["template", *arguments]):
        run(Container(), ROUTES, blocks=[table, routes, events], path=path)
