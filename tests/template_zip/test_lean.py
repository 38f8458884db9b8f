"""The service of the template can be made lean. One that was changed may need of pydantic what is not known there."""

import shutil

from deploy.kernel.lambda_zip import ROOT
from deploy.kernel.lean import NAME
from deploy.kernel.lean.build import make_lean
from deploy.kernel.selection import our_packages
from tests.lambda_zip.inside import Inside


def test_this_service_is_made_lean(package, tmp_path):
    tree = tmp_path / "package"
    shutil.copytree(package, tree)

    make_lean(tree, our_packages(ROOT))

    assert (tree / NAME).is_dir()


def test_so_are_its_tests_which_no_run_skips(package, tmp_path):
    Inside(tmp_path / "package", is_lean=True).fill(package)

    assert (tmp_path / "package" / "tests" / "contracts").is_dir()
