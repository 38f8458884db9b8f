"""Listings: how they are declared, whom they list where, and which queries they make."""

from collections.abc import Mapping
from datetime import UTC
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from typing import Any
from typing import ClassVar
from typing import Literal

import pytest
from pydantic import Field

from domain.kernel.entity import Entity
from domain.kernel.entity import listings_of
from domain.kernel.errors import InvalidArgument
from domain.kernel.listing import BY_TEXT
from domain.kernel.listing import Listing
from domain.kernel.listing import Place
from domain.kernel.listing import Query
from domain.kernel.listing import id_at
from domain.kernel.text import Id
from domain.kernel.text import Name
from tests.kernel.builders.specimens import a_specimen
from tests.kernel.service.domain import Crate
from tests.kernel.service.domain import Specimen


class Status(StrEnum):
    DRAFT = "draft"
    SENT = "sent"


class Owned(Entity):
    customer_id: Id

    of_customer: ClassVar[Listing] = Listing(by="customer_id")


class Letter(Owned):
    subject: Name
    status: Status = Status.DRAFT
    sent_at: datetime | None = None
    words: Annotated[int, Field(ge=0)] | None = None
    kind: Literal["note", "bill"] = "note"

    by_time: ClassVar[Listing] = Listing(by=("customer_id", "status"), order=("sent_at", "subject"), descending=True)
    of_words: ClassVar[Listing] = Listing(by="words")


SENT = Letter(id="l1", customer_id="c1", subject="Älso", status=Status.SENT, sent_at=datetime(2026, 1, 31, tzinfo=UTC))


def partition(listing: Listing, entity: Entity) -> str:
    place = listing.place(entity)
    assert place is not None
    return place.partition


def test_every_kind_is_listed_by_text_and_then_by_what_it_and_its_bases_declare():
    assert listings_of(Crate) == (BY_TEXT,)
    assert listings_of(Letter) == (BY_TEXT, Letter.of_customer, Letter.by_time, Letter.of_words)


def test_an_entity_is_listed_by_its_folded_text_then_by_its_id():
    assert BY_TEXT.place(Crate(id="b", name="Ámber")) == Place("", "amber\0b")
    assert BY_TEXT.place(Entity(id="b")) == Place("", "\0b")


def test_a_place_is_made_of_the_values_and_the_id():
    assert Letter.of_customer.place(SENT) == Place("#of_customer#c1", "l1")
    assert Letter.by_time.place(SENT) == Place("#by_time#c1#sent", "2026-01-31T00:00:00.000000+00:00\0also\0l1")
    assert id_at("also\0l1") == id_at("l1") == "l1"


def test_what_has_no_value_is_not_listed():
    assert Letter.by_time.place(SENT.evolve(sent_at=None)) is None
    assert Letter.of_words.place(SENT) is None


def test_an_entity_moves_if_a_field_of_the_listing_changes():
    assert Letter.by_time.moves(SENT, SENT.evolve(sent_at=None))
    assert Letter.by_time.moves(SENT, SENT.evolve(subject="Then"))
    assert not Letter.by_time.moves(SENT, SENT.evolve(words=3).at_version(7))
    assert not Letter.of_words.moves(SENT, SENT.evolve(subject="Then"))


def test_partitions_are_the_same_for_the_same_values_alone():
    texts = ["a", "A", "a#b", "a", "", "á", "a\0", "x" * 999, "%23"]

    partitions = {partition(Specimen.of_text, a_specimen(text=text)) for text in texts}

    assert len(partitions) == len(set(texts))


def test_a_query_means_the_entities_of_its_values():
    assert Letter.of_customer("c1").partition == partition(Letter.of_customer, SENT)
    assert Letter.by_time("c1", "sent").partition == partition(Letter.by_time, SENT)
    assert Letter.by_time("c1", Status.SENT) == Letter.by_time(status="sent", customer_id="c1")
    assert Letter.by_time("c1", status=Status.SENT) == Letter.by_time("c1", "sent")
    assert Specimen.by_amount() == Query(Specimen.by_amount, "#by_amount")


def test_queries_of_other_values_or_listings_are_others():
    assert (
        len({Letter.of_customer("c1"), Letter.of_customer("c2"), Specimen.of_text("c1"), Specimen.of_crate("c1")}) == 4
    )


@pytest.mark.parametrize(
    ("listing", "values", "named", "violated"),
    [
        (Letter.of_customer, ["a b"], {}, "customer_id"),
        (Letter.of_customer, [5], {}, "customer_id"),
        (Letter.of_customer, [None], {}, "customer_id"),
        (Letter.of_customer, [], {}, "customer_id"),
        (Letter.of_customer, ["c1", "c2"], {}, "of_customer"),
        (Letter.of_customer, ["c1"], {"customer_id": "c1"}, "customer_id"),
        (Letter.of_customer, ["c1"], {"subject": "x"}, "subject"),
        (Letter.by_time, ["c1", "lost"], {}, "status"),
        (Letter.of_words, [None], {}, "words"),
        (Letter.of_words, [-1], {}, "words"),
        (Specimen.by_amount, [1], {}, "by_amount"),
    ],
    ids=str,
)
def test_a_value_that_the_field_cannot_have_is_refused_by_its_name(listing, values, named, violated):
    with pytest.raises(InvalidArgument) as refused:
        listing(*values, **named)

    assert refused.value.violations[0].input == violated


WRONG: Mapping[str, tuple[dict[str, Any], str]] = {
    "a field that is not there": ({"by": "customer"}, "Letter2.wrong: Letter2 has no field 'customer'"),
    "a property": ({"order": "listed_as"}, "no field 'listed_as'"),
    "a type without order": ({"order": "weight"}, "'weight' holds <class 'float'>, which cannot be listed by"),
    "several types": ({"by": "either"}, "'either' holds"),
    "several values": ({"by": "tags"}, "'tags' holds"),
    "a field twice": ({"by": "subject", "order": "subject"}, "'subject' is named twice"),
    "two texts": ({"order": ("subject", "customer_id")}, "at most one text"),
    "the same again": ({"by": "customer_id"}, "Letter2.wrong: is the same listing as of_customer"),
}


@pytest.mark.parametrize(("declared", "said"), WRONG.values(), ids=[name.replace(" ", "-") for name in WRONG])
def test_a_listing_that_cannot_be_is_refused_when_the_class_is_made(declared, said):
    with pytest.raises(TypeError) as refused:

        class Letter2(Letter):
            weight: float = 0.0
            tags: tuple[str, ...] = ()
            either: int | str = 0

            wrong: ClassVar[Listing] = Listing(**declared)

    assert said in str(refused.value)


def test_a_listing_is_no_field():
    with pytest.raises(TypeError, match="ClassVar"):

        class Letter2(Entity):
            wrong: Listing = Listing()


def test_a_subclass_may_do_without_a_listing_of_its_base():
    class Letter2(Owned):
        of_customer = None  # type: ignore[assignment]  # what this is about

    assert listings_of(Letter2) == (BY_TEXT,)
