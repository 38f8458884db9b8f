"""What units cost: a price file, which names its Region and its date."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import Field

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from domain.kernel.value import Value
from infrastructure.kernel.costs.units import Units


class Prices(Value):
    """The prices of one Region, on demand.

    Attributes:
        date: the day from which they apply, or on which somebody looked them up.
        source: the page that they are from.
    """

    currency: str = Field(min_length=1)
    date: date
    per_million_read_units: Decimal = Field(ge=0)
    per_million_write_units: Decimal = Field(ge=0)
    region: str = Field(min_length=1)
    source: str = Field(min_length=1)

    def of_a_million(self, units: Units) -> Decimal:
        """What a million calls cost that consume these units each."""
        read = Decimal(str(units.read)) * self.per_million_read_units
        return read + units.write * self.per_million_write_units


def read_prices(file: Path) -> Prices:
    """The prices in a file of JSON.

    Raises:
        Misconfigured: there is none, or it is no price file; says why.
    """
    try:
        return Prices.model_validate_json(file.read_bytes())
    except (OSError, InvalidArgument) as exc:
        raise Misconfigured(f"no prices can be read from {file}: {exc}") from exc
