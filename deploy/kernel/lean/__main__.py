"""Makes `dist/lambda-<arch>.zip` as `deploy.kernel.lambda_zip` does, and lean: `python -m deploy.kernel.lean`."""

import sys
from pathlib import Path

from deploy.kernel import lambda_zip
from deploy.kernel.lean.build import NotLean
from deploy.kernel.lean.build import make_lean
from deploy.kernel.selection import our_packages


def lean_if_possible(tree: Path) -> None:
    """Makes `tree` lean; if it cannot be, leaves it as it is, and prints why."""
    try:
        make_lean(tree, our_packages(lambda_zip.ROOT))
    except NotLean as exc:
        sys.stderr.write(f"The zip is made as without LEAN=1, for this is not known there:\n{exc}\n")


if __name__ == "__main__":
    lambda_zip.main(change=lean_if_possible)
