"""Which aggregates have tables of their own, as a setting says it."""

import re

NAME = re.compile("[a-zA-Z0-9_.-]{3,255}")
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"""


def tables_by_kind(setting: str | None, main: str) -> dict[str, str]:
    """The tables in `Invoice=invoices,Receipt=receipts`, by the names of the aggregates. All others are in `main`.

    Raises:
        ValueError: names the rule that is broken.
    """
    tables: dict[str, str] = {}
    for pair in setting.split(",") if setting else ():
        kind, _, table = (part.strip() for part in pair.partition("="))
        if not (kind.isidentifier() and table):
            raise ValueError("must be pairs of an aggregate and its table, such as Invoice=invoices,Receipt=receipts")
        if not NAME.fullmatch(table):
            raise ValueError(f"the name of the table of {kind} must have 3 to 255 of the characters a-z, A-Z, 0-9, _.-")
        if table == main:
            raise ValueError(f"the table of {kind} must be another one than that of all the others, {main}")
        if kind in tables:
            raise ValueError(f"{kind} must be there only once")
        tables[kind] = table
    return tables
