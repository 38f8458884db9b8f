"""What the kernels make of models when it is first needed."""

import gc

from deploy.kernel.lean.canonical import subclasses
from domain.kernel.entity import Entity
from domain.kernel.entity import listings_of
from domain.kernel.listing import BY_TEXT
from infrastructure.kernel.api.endpoint import Endpoint


def make_all() -> None:
    """Makes all of it, for all that has been imported."""
    for endpoint in [each for each in gc.get_objects() if type(each) is Endpoint]:
        if endpoint.result is not None:
            endpoint._writer  # noqa: B018  # makes the adapter that renders answers
    for entity in subclasses(Entity):
        for listing in listings_of(entity):
            if listing is not BY_TEXT:
                listing._arguments  # noqa: B018  # makes the class of its arguments
