"""The domain of the reference service names no store."""

import re
from pathlib import Path

import domain

STORES = r"dynamo|\baws\b|amazon"


def test_the_domain_names_no_store():
    modules = Path(domain.__file__).parent.rglob("*.py")

    assert [module.name for module in modules if re.search(STORES, module.read_text(), re.IGNORECASE)] == []
