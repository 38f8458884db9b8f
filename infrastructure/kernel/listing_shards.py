"""How many shards a listing has, as the setting says it: one number, or two while it is changed."""

from typing import Annotated

from pydantic import AfterValidator

MAX_SHARDS = 64
"""Each page reads all of them."""
_NUMBERS = {str(number): number for number in range(1, MAX_SHARDS + 1)}


def shards_of(setting: str) -> tuple[int, ...]:
    """The numbers of shards in which listings are kept. They are read in the first.

    Raises:
        ValueError: it has none, more than two, the same one twice, or something else.
    """
    given = setting.split(",")
    shards = tuple(_NUMBERS[number] for number in given if number in _NUMBERS)
    if len(given) > 2 or len({*shards}) < len(given):
        raise ValueError(f"must be a number from 1 to {MAX_SHARDS}, or two different ones with a comma, such as 1,4")
    return shards


def _checked(setting: str) -> str:
    shards_of(setting)
    return setting


ListingShards = Annotated[str, AfterValidator(_checked)]
"""The setting. `shards_of` tells the numbers in it."""
