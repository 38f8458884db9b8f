"""Entities as lines of JSON: every one goes out, comes back, and tells of what is wrong with it."""

import io
import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from domain.kernel.errors import Unavailable
from domain.kernel.repository import Everything
from infrastructure.kernel.events.memory import InMemoryEventBus
from infrastructure.kernel.memory.repository import InMemoryRepository
from infrastructure.kernel.ndjson import MAX_LINE
from infrastructure.kernel.ndjson import Imported
from infrastructure.kernel.ndjson import export_lines
from infrastructure.kernel.ndjson import import_lines
from infrastructure.kernel.ndjson import line_of
from tests.kernel.builders.events import a_relay
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Colour
from tests.kernel.service.domain import Part
from tests.kernel.service.domain import Specimen
from tests.kernel.service.parcels import Parcel
from tests.kernel.service.parcels import Parcel1
from tests.kernel.service.repositories import InMemoryPersistence
from tests.kernel.service.repositories import InMemorySpecimenRepository
from usecases.kernel.imports import Import


class ImportSpecimen(Import[Specimen]):
    kind = Specimen

    def __init__(self, specimens: InMemorySpecimenRepository) -> None:
        self._specimens = specimens

    def execute(self, request: Specimen) -> Specimen:
        return self._specimens.add(request)


def an_empty_repository() -> InMemorySpecimenRepository:
    return InMemorySpecimenRepository(InMemoryPersistence(a_relay(InMemoryEventBus())).store)


@pytest.fixture
def specimens() -> InMemorySpecimenRepository:
    return an_empty_repository()


def exported(repositories: list[InMemorySpecimenRepository]) -> Iterator[bytes]:
    return export_lines(repositories, lambda *unreadable: pytest.fail(f"{unreadable} cannot be read"))


def imported(specimens: InMemorySpecimenRepository, *lines: bytes | str) -> list[Imported]:
    file = io.BytesIO(b"".join(line if isinstance(line, bytes) else line.encode() + b"\n" for line in lines))
    return list(import_lines(file, {"Specimen": lambda: ImportSpecimen(specimens)}))


def a_line(id: str = "s1", **fields: object) -> str:
    return json.dumps({"type": "Specimen", "id": id, "name": "Amber", **fields})


def test_an_entity_is_exported_as_an_object_on_a_line_with_its_type(specimens):
    specimens.add(Specimen(id="s1", name="Ünïted\n🏟".replace("\n", " ")))

    [line] = exported([specimens])

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line)["type"] == "Specimen"
    assert (json.loads(line)["id"], json.loads(line)["version"]) == ("s1", 1)


def test_every_entity_is_exported_once_in_the_order_of_the_listing_however_many_pages_that_takes(specimens):
    specimens.put_many(a_specimen(f"Number {number:04d}") for number in range(1234))

    names = [json.loads(line)["name"] for line in exported([specimens])]

    assert names == [f"Number {number:04d}" for number in range(1234)]


def test_nothing_is_exported_of_nothing(specimens):
    assert list(exported([specimens, specimens])) == []


def test_what_was_exported_is_imported_equal_field_by_field_but_for_its_version(specimens):
    specimen = a_specimen(
        "Ünïted 🏟",
        text="a\nb\u2028",
        number=10**37,
        amount="1.50",
        ratio=1 / 3,
        colour=Colour.GREEN,
        raw=b"abc",
        words=("b", "a"),
        tags={"x", "y"},
        numbers={1, 2},
        blobs={b"x"},
        table=((1,), ()),
        part=Part(label="p", weight="0.10", parts=(Part(label="q", weight="3"),)),
        either=7,
    )
    specimens.put_many([specimen.at_version(9)])
    elsewhere = an_empty_repository()

    outcomes = imported(elsewhere, *exported([specimens]))

    assert outcomes == [Imported(1)]
    assert elsewhere.get(specimen.id) == specimen.at_version(1)


@pytest.mark.parametrize(
    ("field", "text", "read"),
    [("measure", "1.5", Decimal("1.5")), ("content", "aGk=", b"hi")],
    ids=["decimal", "bytes"],
)
def test_in_json_a_text_of_a_union_is_read_as_the_other_type_if_it_can_be(specimens, field, text, read):
    specimen = a_specimen(**{field: text})
    specimens.add(specimen)
    elsewhere = an_empty_repository()

    imported(elsewhere, *exported([specimens]))

    assert getattr(specimens.get(specimen.id), field) == text
    assert getattr(elsewhere.get(specimen.id), field) == read


def test_bytes_that_are_no_text_are_exported_and_imported_too(specimens):
    specimen = a_specimen(raw=b"\xff\x00", blobs={b"\x80"})
    specimens.add(specimen)
    elsewhere = an_empty_repository()

    imported(elsewhere, *exported([specimens]))

    assert elsewhere.get(specimen.id) == specimen.at_version(1)


def test_every_line_is_answered_by_its_number_and_empty_lines_are_passed_over(specimens):
    outcomes = imported(specimens, a_line("s1"), "", "  \t", a_line("s2"), b"\r\n", a_line("s3"))

    assert outcomes == [Imported(1), Imported(4), Imported(6)]
    assert len(specimens.get_many(["s1", "s2", "s3"])) == 3


def test_a_number_keeps_all_its_digits(specimens):
    line = a_line().replace(
        "}", ', "amount": 12345678901234567.89, "part": {"label": "p", "weight": 1.000000000000000001}}'
    )

    assert imported(specimens, line) == [Imported(1)]
    assert str(specimens.get("s1").amount) == "12345678901234567.89"
    assert str(specimens.get("s1").part.weight) == "1.000000000000000001"


def test_the_last_line_needs_no_end(specimens):
    assert imported(specimens, a_line().encode()) == [Imported(1)]
    assert imported(specimens) == []


def test_what_exists_is_reported_and_left_as_it_is(specimens):
    stored = specimens.add(Specimen(id="s1", name="Beryl"))

    [outcome] = imported(specimens, a_line("s1"))

    assert (outcome.line, outcome.exists) == (1, True)
    assert outcome.problem == "Specimen s1 exists already"
    assert specimens.get("s1") == stored


@pytest.mark.parametrize("version", [0, 1, 7, -1, "x", None])
def test_a_version_counts_for_nothing(specimens, version):
    assert imported(specimens, a_line("s1", version=version)) == [Imported(1)]
    assert specimens.get("s1").version == 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line: is not JSON"),
        ("x", "line: is not JSON"),
        ('{"type": "Specimen"} {}', "line: is not JSON"),
        ('{"type": NaN}', "line: is not JSON"),
        (b'{"type": "\xff"}\n', "line: is not JSON"),
        ('{"type": "\\ud800"}', "line: is not JSON"),
        ("[" * 10_000, "line: is not JSON"),
        ('\ufeff{"type": "Specimen"}', "line: is not JSON"),
        ("[]", "line: must be an object"),
        ('"Specimen"', "line: must be an object"),
        ("null", "line: must be an object"),
        ("{}", "type: must be one of Specimen"),
        ('{"type": "Unicorn"}', "type: must be one of Specimen"),
        ('{"type": ["Specimen"]}', "type: must be one of Specimen"),
        ('{"type": null}', "type: must be one of Specimen"),
        ('{"type": "Specimen"}', "id: Field required; name: Field required"),
        (a_line("..", name=""), "id: String should match"),
        (a_line("s1", colour="red", size=7), "size: Extra inputs are not permitted"),
        (a_line("s1", moment="2026-01-31T12:30:00"), "moment: must carry a time zone"),
        (a_line("s1", parts=[{"label": "p", "weight": "x"}]), "parts.0.weight: "),
        (" " * (MAX_LINE + 1) + a_line("s1"), f"line: must have at most {MAX_LINE} bytes"),
    ],
    ids=lambda value: ascii(value[:20]),
)
def test_a_line_that_is_refused_is_reported_and_the_others_are_imported(specimens, line, problem):
    before, refused, after = imported(specimens, a_line("before"), line, a_line("after"))

    assert (before, after) == (Imported(1), Imported(3))
    assert (refused.line, refused.exists) == (2, False)
    assert str(refused.problem).startswith(problem)
    assert len(list(specimens.page(Everything(), limit=10).items)) == 2


@pytest.mark.parametrize("size", [MAX_LINE + 1, 2 * MAX_LINE + 2, 3 * MAX_LINE + 7])
def test_a_line_that_is_too_long_is_refused_whole(specimens, size):
    long = a_line("long").ljust(size)

    outcomes = imported(specimens, long, a_line("after"))

    assert [(outcome.line, outcome.problem) for outcome in outcomes] == [
        (1, f"line: must have at most {MAX_LINE} bytes"),
        (2, None),
    ]


def test_a_line_that_is_as_long_as_it_may_be_is_imported(specimens):
    with_its_end = MAX_LINE

    assert imported(specimens, a_line().ljust(with_its_end - 1)) == [Imported(1)]


class InMemoryParcelRepository(InMemoryRepository[Parcel]):
    kind = Parcel


class ImportParcel(Import[Parcel]):
    kind = Parcel

    def __init__(self, parcels: InMemoryParcelRepository) -> None:
        self._parcels = parcels

    def execute(self, request: Parcel) -> Parcel:
        return self._parcels.add(request)


@pytest.fixture
def parcels() -> InMemoryParcelRepository:
    return InMemoryParcelRepository(InMemoryPersistence(a_relay(InMemoryEventBus())).store)


TEA = Parcel(id="tea", title="Tea", first="Ada King", last="Lovelace", price="12.50")
EXPORTED = (
    {"name": "Tea", "sender": "Ada King Lovelace", "cents": 1250},
    {"_schema": 1, "title": "Tea", "sender": "Ada King Lovelace", "cents": 1250},
    {"_schema": 2, "title": "Tea", "first": "Ada King", "last": "Lovelace", "cents": 1250},
    json.loads(line_of(TEA)),
)
"""The same parcel, as four releases have exported it."""


@pytest.mark.parametrize("version", range(4))
def test_what_an_older_release_has_exported_is_imported_as_if_this_one_had(parcels, version):
    line = json.dumps({"type": "Parcel", "id": "tea", "version": 4, **EXPORTED[version]}).encode()

    assert list(import_lines(io.BytesIO(line), {"Parcel": lambda: ImportParcel(parcels)})) == [Imported(1)]
    assert parcels.get("tea") == TEA.at_version(1)


def test_a_line_says_in_which_schema_version_it_is_and_has_the_fields_only():
    line = json.loads(line_of(Parcel1(id="p", title="Tea", sender="Ada", cents=1)))

    assert line.keys() == {"type", "_schema", *Parcel1.model_fields}
    assert line["_schema"] == 1


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"_schema": "1"}, "_schema: must be a whole number"),
        ({"_schema": None}, "_schema: must be a whole number"),
        ({"_schema": -1}, "schema version -1: is not read any more"),
        ({"name": "Tea"}, "schema version 1: its upcaster raises KeyError"),
        ({**EXPORTED[3], "colour": "red"}, "colour: Extra inputs are not permitted"),
    ],
    ids=str,
)
def test_a_line_that_no_upcaster_can_read_is_refused(parcels, fields, problem):
    line = json.dumps({"type": "Parcel", "id": "tea", **fields}).encode()

    [outcome] = import_lines(io.BytesIO(line), {"Parcel": lambda: ImportParcel(parcels)})

    assert str(outcome.problem).startswith(problem)


def test_what_is_not_the_fault_of_a_line_is_raised(specimens):
    class Failing(ImportSpecimen):
        def execute(self, request: Specimen) -> Specimen:
            raise Unavailable("throttled")

    with pytest.raises(Unavailable):
        list(import_lines(io.BytesIO(a_line().encode()), {"Specimen": lambda: Failing(specimens)}))
