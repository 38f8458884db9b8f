"""What stands where in a checkout of the template, and what becomes of it."""

import re
from pathlib import PurePosixPath

from template.renaming import WORD

SHIPPED = (
    ".ci",
    ".dockerignore",
    ".env.example",
    ".gitignore",
    ".pre-commit-config.yaml",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "README.md",
    "benchmarks",
    "compose.yaml",
    "constraints",
    "deploy",
    "docs",
    "domain",
    "infrastructure",
    "pyproject.toml",
    "template.yaml",
    "tests",
    "usecases",
)
"""What a service gets. Whatever else is in a checkout, caches and environments among it, cannot leak into one."""

OWN = (
    ".gitattributes",
    "CHANGELOG.md",
    "constraints/template.txt",
    "cookiecutter.json",
    "docs/raw.md",
    "docs/template.md",
    "hooks",
    "template",
    "template.mk",
    "tests/deployment/test_own_table.py",
    "tests/docs",
    "tests/template",
    "tests/template_zip",
    "{{cookiecutter.__folder}}",
)
"""What is the template's alone."""

OWNERS = "template/owner"
"""What a service gets as its own, in place of the template's."""

WIRING = (
    "infrastructure/api/routes.py",
    "infrastructure/container.py",
    "infrastructure/dynamodb/persistence.py",
    "infrastructure/memory/persistence.py",
)
"""The files in which an aggregate has lines; everywhere else it has files."""

_KERNEL = "kernel"
_PINS = "constraints"
_JUNK = re.compile(r"(^|/)(__pycache__|\.[a-z_]+_cache|\.DS_Store|[^/]+\.(pyc|egg-info|orig|rej|swp))(/|$)")


def is_own(path: str) -> bool:
    """Whether a file is the template's alone."""
    return any(path == entry or path.startswith(f"{entry}/") for entry in OWN)


def is_junk(path: str) -> bool:
    """Whether a file is a cache, or what an editor or a merge has left."""
    return _JUNK.search(path) is not None


def is_verbatim(path: str) -> bool:
    """Whether a file is the same, byte for byte, in every service: the kernels with their tests, and the pins.

    An update of the template replaces them whole, so nothing in them may depend on an answer.
    """
    return path.startswith(_PINS) or _KERNEL in PurePosixPath(path).parts[:-1]


def is_of_aggregate(path: str) -> bool:
    """Whether a file of the reference is named after its plain aggregate."""
    return WORD in PurePosixPath(path).stem.lower()
