"""Amounts of money."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

Money = Annotated[Decimal, Field(max_digits=18, decimal_places=2, examples=[Decimal("19.90")])]
"""An amount with exactly two decimal places, `1.50`, on every adapter and in JSON; 16 digits before the point at most.

More than two places are an `InvalidArgument`, unless the rest are zeros. It may be negative: add `Field(ge=0)` where it
may not. For a currency with other places write `Annotated[Decimal, Field(max_digits=18, decimal_places=3)]`.
"""
