"""Whatever an aggregate is called, its service works, or the name is refused with the reason."""

import sys
from pathlib import Path

import pytest

from template.aggregate import plural_of
from template.errors import Refused
from template.generate import draft
from template.names import Name
from template.service import Reference
from tests.template.services import ROOT
from tests.template.services import Service
from tests.template.services import context

REFERENCE = Reference(ROOT)
RUFF, LINT_IMPORTS = (Path(sys.executable).with_name(command) for command in ("ruff", "lint-imports"))

REFUSED = [
    ("", "", "'' is not in PascalCase"),
    ("order", "Orders", "did you mean 'Order'?"),
    ("order item", "OrderItems", "did you mean 'OrderItem'?"),
    ("order_item", "OrderItems", "did you mean 'OrderItem'?"),
    ("Order", "Order-Lists", "aggregate_plural: 'Order-Lists' is not in PascalCase"),
    (" Order", "Orders", "' Order' is not in PascalCase"),
    ("Order\n", "Orders", "'Order\\n' is not in PascalCase"),
    ("Größe", "Groessen", "'Größe' is not in PascalCase"),
    ("Ⅷ", "Eights", "'Ⅷ' is not in PascalCase"),
    ("Order٣", "Orders", "is not in PascalCase"),
    ("3DModel", "3DModels", "'3DModel' is not in PascalCase"),
    ("../Order", "Orders", "'../Order' is not in PascalCase"),
    ("{{ 7*7 }}", "Orders", "is not in PascalCase"),
    ("__import__", "Orders", "is not in PascalCase"),
    ("Sheep", "Sheep", "has to differ from the singular; try 'SheepList'"),
    ("Equipment", "Equipment", "has to differ from the singular"),
    ("A" + 40 * "b", "Abs", "has 41 characters, more than 40"),
    ("Ab", "A" + 40 * "b", "aggregate_plural: "),
    ("Class", "Classes", "'class', a keyword of Python"),
    ("Import", "Imports", "'import', a keyword of Python"),
    ("Return", "Returns", "'return', a keyword of Python"),
    ("None", "Nones", "a keyword of Python"),
    ("Pas", "Pass", "aggregate_plural: 'Pass' becomes 'pass', a keyword of Python"),
    ("List", "Lists", "a builtin of Python"),
    ("Type", "Types", "a builtin of Python"),
    ("Property", "Properties", "a builtin of Python"),
    ("Object", "Objects", "a builtin of Python"),
    ("Exception", "Exceptions", "a builtin of Python"),
    ("TimeoutError", "TimeoutErrors", "a builtin of Python"),
    ("Var", "Vars", "aggregate_plural: 'Vars' becomes 'vars'"),
    ("Test", "Tests", "pytest would take it for tests"),
    ("TestCase", "TestCases", "pytest would take it for tests"),
    ("Provider", "Providers", "every container of dependency-injector has already"),
    ("Dependency", "Dependencies", "every container of dependency-injector has already"),
    ("Container", "Containers", "every container of dependency-injector has already"),
    ("Entity", "Entities", "aggregate: 'Entity' becomes 'Entity', which is something else in domain/sponsor.py"),
    ("Name", "Names", "aggregate: 'Name' becomes 'Name', which is something else in domain/sponsor.py"),
    ("Event", "Events", "aggregate_plural: 'Events' becomes 'events', which is something else in "),
    ("Page", "Pages", "aggregate: 'Page' becomes 'Page', which is something else in usecases/sponsors.py"),
    ("Setting", "Settings", "aggregate_plural: 'Settings' becomes 'settings', which is something else in "),
    ("Kernel", "Kernels", "aggregate: 'Kernel' would make domain/kernel.py, and that is there already"),
    ("Route", "Routes", "would make infrastructure/api/routes.py, and that is there already"),
    ("Repository", "Repositories", "'Repositories' becomes 'repositories', which every persistence has already"),
    ("Shop", "Close", "aggregate_plural: 'Close' becomes 'close', which every persistence has already"),
    ("Team", "Teams", "aggregate: 'Team' would make domain/team.py, and that is there already"),
    ("Player", "Players", "aggregate_plural: 'Players' would make "),
    ("Transfer", "Transfers", "aggregate_plural: 'Transfers' would make "),
]

COMMON = [
    *("Account", "Address", "Appointment", "Article", "Asset", "Author", "Basket", "Book", "Booking"),
    *("Campaign", "Cart", "Client", "Comment", "Company", "Contract", "Course", "Customer", "Department", "Device"),
    *("Document", "Driver", "Employee", "Flight", "Group", "Invoice", "Job", "Label", "Lesson", "Location", "Message"),
    *("Note", "Order", "Patient", "Payment", "Post", "Product", "Project", "Question", "Recipe", "Report", "Review"),
    *("Room", "Service", "Session", "Shipment", "Student", "Subscription", "Supplier", "Tag", "Task", "Trip"),
    *("Vehicle", "Voucher", "Wallet", "Warehouse"),
]

ACCEPTED = [
    ("Order", "Orders", True),
    ("LineItem", "LineItems", True),
    ("Category", "Categories", False),
    ("Person", "People", False),
    ("Child", "Children", False),
    ("Box", "Boxes", False),
    ("URL", "URLs", False),
    ("APIKey", "APIKeys", False),
    ("IoTDevice", "IoTDevices", False),
    ("OAuth2Client", "OAuth2Clients", False),
    ("Level3Cache", "Level3Caches", False),
    ("Match", "Matches", False),
    ("Case", "Cases", False),
    ("Sponsor", "Sponsors", False),
    ("Sponsorship", "Sponsorships", True),
    ("SponsorTeam", "SponsorTeams", True),
    ("TeamService", "TeamServices", False),
    ("Team", "Teams", False),
    ("Player", "Players", False),
    ("Member", "Members", False),
    ("Ticket", "Tickets", False),
    ("Nickname", "Nicknames", False),
    ("Client", "Clients", False),
    ("Contract", "Contracts", False),
    ("Series", "SeriesList", False),
    ("Text", "Texts", False),
    ("Query", "Queries", False),
    ("Item", "Items", False),
    ("Specimen", "Specimens", True),
    ("Crate", "Crates", False),
    ("Unit", "Units", False),
    ("Hour", "Hours", False),
    ("User", "Users", False),
    ("X", "Xs", False),
    ("ZebraCrossing", "ZebraCrossings", False),
    ("InternationalShippingManifestDocument", "InternationalShippingManifestDocuments", False),
]

NASTIEST = [
    ("IoTDevice", "IoTDevices", False),
    ("Person", "People", True),
    ("SponsorTeam", "SponsorTeams", True),
    ("InternationalShippingManifestDocument", "InternationalShippingManifestDocuments", True),
]


def files_for(singular: str, plural: str, *, example: bool) -> dict[str, bytes]:
    answers = REFERENCE.answers(context(aggregate=singular, aggregate_plural=plural, example=example))
    return REFERENCE.service(answers)


def made(folder: Path, singular: str, plural: str, *, example: bool) -> Service:
    """The service as the hooks write it, in a tenth of the time that cookiecutter takes, and with nothing installed."""
    assert draft(files_for(singular, plural, example=example), folder) is None
    return Service(folder)


@pytest.mark.parametrize(("singular", "plural", "reason"), REFUSED, ids=[repr(name) for name, *_ in REFUSED])
def test_a_name_that_could_not_work_is_refused_with_the_reason(singular, plural, reason):
    with pytest.raises(Refused) as refused:
        files_for(singular, plural, example=True)

    assert reason in str(refused.value)


@pytest.mark.parametrize("example", [True, False], ids=["with the example", "without the example"])
@pytest.mark.parametrize("name", COMMON)
def test_a_name_that_business_is_full_of_is_accepted(name, example):
    files = files_for(name, plural_of(name), example=example)

    assert f"domain/{name.lower()}.py" in files


@pytest.mark.parametrize(("singular", "plural", "example"), ACCEPTED, ids=[name for name, *_ in ACCEPTED])
def test_a_service_of_an_accepted_name_works(tmp_path, singular, plural, example):
    service = made(tmp_path, singular, plural, example=example)
    name = Name(singular, plural)

    linted = service.run(RUFF, "check", "--no-cache", ".")
    formatted = service.run(RUFF, "format", "--no-cache", "--check", ".")
    tested = service.run(
        *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--ignore", "tests/kernel"),
        *("-k", f"{name.form('snake', plural=False)} or {name.form('snake', plural=True)} or every"),
        *("tests/contracts", "tests/domain", "tests/usecases", "tests/infrastructure"),
        TEST_ADAPTERS="memory",
    )

    assert (linted.code, linted.output) == (0, "All checks passed!\n")
    assert formatted.code == 0, formatted.output
    assert tested.code == 0, tested.output


@pytest.mark.parametrize(("singular", "plural", "example"), NASTIEST, ids=[name for name, *_ in NASTIEST])
def test_a_service_of_an_awkward_name_has_sound_types_and_layers(tmp_path, singular, plural, example):
    service = made(tmp_path, singular, plural, example=example)

    typed = service.run(sys.executable, "-m", "mypy")
    layered = service.run(LINT_IMPORTS, "--no-cache")

    assert typed.code == 0, typed.output
    assert layered.code == 0, layered.output


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        (Name("Order", "Orders"), ["Order", "order", "order", "order", "ORDER", "order"]),
        (Name("LineItem", "Lines"), ["LineItem", "lineItem", "line_item", "line-item", "LINE_ITEM", "line item"]),
        (Name("APIKey", "Keys"), ["APIKey", "apiKey", "api_key", "api-key", "API_KEY", "api key"]),
        (Name("Level3Cache", "Caches"), ["level3_cache", "level3-cache", "LEVEL3_CACHE", "level3 cache"]),
        (Name("X", "Xs"), ["X", "x", "x", "x", "X", "x"]),
    ],
    ids=lambda value: value.singular if isinstance(value, Name) else "",
)
def test_a_name_has_every_form_of_its_words(name, forms):
    every = [name.form(form, plural=False) for form in ("pascal", "camel", "snake", "kebab", "upper", "human")]

    assert every[-len(forms) :] == forms
