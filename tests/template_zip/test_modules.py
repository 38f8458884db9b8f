"""A cold start loads what its handler needs, the container included, and no more than it did when that was last looked at."""

import json

import pytest

from tests.template_zip.modules import PAYLOADS
from tests.template_zip.modules import PINS
from tests.template_zip.modules import all_loaded


@pytest.fixture(scope="module")
def found(package, settings):
    return all_loaded(package, settings)


@pytest.mark.parametrize("module", PAYLOADS)
def test_nothing_new_is_loaded_before_the_first_answer(found, module):
    pinned = json.loads(PINS.read_text(encoding="utf-8"))[module]

    assert sorted(set(found[module]) - set(pinned)) == [], "if they are needed, pin them: make modules"
    assert sorted(set(pinned) - set(found[module])) == [], "no longer loaded: make modules"
