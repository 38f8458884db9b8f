"""What the documents say is so: tables and names are those of the code, links lead on."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from typing import Literal
from typing import get_args
from typing import get_origin

import pytest
from botocore.session import get_session

from infrastructure.settings import Settings
from template.paths import is_own

ROOT = Path(__file__).parents[2]
PREFIX = Settings.variable("")
SETTINGS = [(name, field, getattr(Settings(), name)) for name, field in Settings.model_fields.items()]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS_PAGE = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHIPPED = [path for path in (ROOT / "docs").rglob("*.md") if not is_own(path.relative_to(ROOT).as_posix())]
PAGES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
SOURCES = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("[!.]*/**/*.py")]


def test_the_settings_are_listed_with_their_defaults_values_and_meanings():
    rows = re.findall(rf"^\| (`{PREFIX}.*) \|$", SETTINGS_PAGE, re.MULTILINE)

    assert [tuple(cell.strip() for cell in row.split("|")) for row in rows] == [
        (
            f"`{PREFIX}{name.upper()}`",
            "" if default is None else f"`{_written(default)}`",
            ", ".join(f"`{value}`" for value in _values(field.annotation)),
            field.description,
        )
        for name, field, default in SETTINGS
    ]


def test_the_example_of_an_environment_has_every_setting_with_its_default():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()

    given = [(above, line) for above, line in pairwise(lines) if line.removeprefix("# ").startswith(PREFIX)]

    assert given == [
        (
            f"# {field.description}",
            f"# {PREFIX}{name.upper()}=" if default is None else f"{PREFIX}{name.upper()}={_written(default)}",
        )
        for name, field, default in SETTINGS
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_to_a_file(document):
    targets = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    paths = [target.partition("#")[0] for target in targets if "://" not in target]

    assert [path for path in paths if not (document.parent / path).exists()] == []


@pytest.mark.parametrize("document", SHIPPED, ids=lambda document: document.relative_to(ROOT).as_posix())
def test_no_page_of_a_service_links_to_a_file_that_only_the_template_has(document):
    targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    paths = [(document.parent / target).resolve().relative_to(ROOT) for target in targets if "://" not in target]

    assert [path for path in paths if is_own(path.as_posix())] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.relative_to(ROOT).as_posix())
def test_every_link_to_a_heading_leads_to_one(document):
    text = document.read_text(encoding="utf-8")
    targets = [target.partition("#") for target in re.findall(r"\]\(([^)\s]+#[^)\s]+)\)", text) if "://" not in target]

    def headings(path: Path) -> set[str]:
        titles = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}

    assert [
        f"{path}#{anchor}"
        for path, _, anchor in targets
        if anchor not in headings(document.parent / path if path else document)
    ] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.relative_to(ROOT).as_posix())
def test_every_module_and_folder_named_exists(document):
    text = document.read_text(encoding="utf-8")
    modules = set(re.findall(r"(?<![\w/.])[\w/.-]+\.py\b", text))
    folders = set(re.findall(r"(?<![\w/])(?:domain|usecases|infrastructure|tests|benchmarks|docs)(?:/[\w-]+)*/", text))

    made = set(re.findall(r"^--- /dev/null\n\+\+\+ b/(\S+)$", text, re.MULTILINE))
    named = {_in_the_reference(re.sub(r"^(?:\.\.|[ab])/", "", module)) for module in modules} - made
    missing = {module for module in named if not any(f"/{path}".endswith(f"/{module}") for path in SOURCES)}
    missing |= {folder for folder in folders if not any(f"/{folder}" in f"/{path}" for path in [*SOURCES, *PAGES])}

    assert missing == set()


def _in_the_reference(module: str) -> str:
    """A module of the tutorial's aggregates, as it is called in the reference, from which they are generated."""
    return re.sub(r"(?:customer|order)(?=s?\.py)", "sponsor", module)


def test_every_target_of_make_that_is_named_exists():
    named = set(re.findall(r"(?:`|^|\$ )make ([a-z-]+)", README, re.MULTILINE))
    makefiles = [ROOT / "Makefile", *ROOT.glob("*.mk"), *ROOT.glob("[!.]*/**/*.mk")]
    text = "".join(file.read_text(encoding="utf-8") for file in makefiles)
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))

    assert named
    assert named <= targets


def test_every_permission_that_the_adapter_needs_is_listed():
    sources = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("infrastructure/**/dynamodb/**/*.py"))
    operations = get_session().get_service_model("dynamodb").operation_names
    called = {name for name in operations if f'"{name}"' in sources}
    rows = re.findall(r"^\| (`.*?) \| .* \| .* \|$", _section("Permissions", "dynamodb.md"), re.MULTILINE)

    listed = [action for row in rows for action in re.findall(r"`(\w+)`", row)]

    assert sorted(listed) == sorted(called - {"TransactWriteItems"} | {"ConditionCheckItem"})


def _section(title: str, document: str) -> str:
    """What stands under a heading of a document."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _written(default: object) -> str:
    """A default as the environment has it."""
    match default:
        case bool():
            return str(default).lower()
        case float():
            return f"{default:g}"
    return str(default)


def _values(annotation: Any) -> tuple[Any, ...]:
    """The values that a setting can have, if they are few."""
    return get_args(annotation) if get_origin(annotation) is Literal else ()
