"""This service, with its other transport."""

from functools import partial

from benchmarks.variants import service

create = partial(service.create, transport="curl")
