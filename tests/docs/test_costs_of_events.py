"""What docs/events.md says of the costs of events is what the tests measure."""

import re
from pathlib import Path

from tests.kernel.infrastructure.dynamodb.test_costs_of_events import COSTS
from tests.kernel.infrastructure.dynamodb.test_costs_of_events import Cost

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


def test_publishing_costs_what_the_documentation_says():
    told = re.findall(r"^\| (a save.*?) \| (\d) \| (\d) \| (\d) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert {what: Cost(*map(int, numbers)) for what, *numbers in told} == COSTS
