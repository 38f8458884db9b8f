"""Sources as they are, and as a lean zip has them."""

from pathlib import Path

import pytest

from deploy.kernel.lean.build import prepared
from deploy.kernel.selection import our_packages
from tests.kernel.deploy.lean.sources import PACKAGE
from tests.kernel.deploy.lean.sources import ROOT
from tests.kernel.deploy.lean.sources import with_kernels
from tests.kernel.deploy.lean.sources import written


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    """What goes into the zip, and beside it a package of models and containers."""
    tree = with_kernels(tmp_path_factory.mktemp("sources"))
    for name in ("sample.py", "deeds.py", "wired_sample.py", "wired_deeds.py"):
        written(tree, Path(__file__).with_name(name).read_text(encoding="utf-8"), f"{PACKAGE}/{name}")
    return tree


@pytest.fixture(scope="session")
def lean(sources, tmp_path_factory):
    """The same, lean."""
    return prepared(sources, (*our_packages(ROOT), PACKAGE), tmp_path_factory.mktemp("work"))
