"""The baskets that every variant reads and writes: plain, and as DynamoDB keeps them. Imports nothing that is measured.

The table `baskets` lists 100 of them; `baskets-5000` would list 5,000.
"""

from typing import Any

TABLE = "baskets"
KIND = "BASKET"
INDEX = "listing"
PARTITION = f"{KIND}#0"
LINES = 11
PAGE = 100
STORED = 1000
SIZES = ("S", "M", "L", "XL")

DIGITS = 6


def id_of(number: int) -> str:
    """The id of the basket of that number."""
    return f"01JD8X4W5Y0V3T7Q2N6M{number:0{DIGITS}}"


def number_of(id: str) -> int:
    """The number of the basket of that id."""
    return int(id[-DIGITS:])


IDS = tuple(id_of(number) for number in range(STORED))


def basket(number: int, *, version: int = 1) -> dict[str, Any]:
    """The basket of that number. One of its lines has a name that is not ASCII."""
    return {
        "id": id_of(number),
        "version": version,
        "name": f"Basket of the {number:0{DIGITS}}th customer",
        "lines": [
            {
                "id": f"line-{number:04}-{line:02}",
                "name": f"Jérôme's article {line}" if line == 7 else f"Article number {line}",
                "size": SIZES[line % len(SIZES)],
            }
            for line in range(LINES)
        ],
    }


def item(number: int) -> dict[str, Any]:
    """The item of that basket, as this service writes it."""
    plain = basket(number)
    lines = [{"M": {name: {"S": text} for name, text in line.items()}} for line in plain["lines"]]
    return {
        **key(plain["id"]),
        "version": {"N": str(plain["version"])},
        "name": {"S": plain["name"]},
        "lines": {"L": lines},
        "_write": {"S": "01JD8X4W5Y0V3T7Q2N6M9K0000"},
        "_life": {"S": "0123456789abcdef"},
        "_list": {"S": PARTITION},
        "_position": {"S": f"{plain['name'].lower()}\0{plain['id']}"},
    }


def key(id: str) -> dict[str, Any]:
    """The key of the basket of that id."""
    return {"pk": {"S": f"{KIND}#{id}"}, "sk": {"S": "#"}}


def listed_in(table: str) -> int:
    """How many baskets that table lists."""
    _, _, size = table.partition("-")
    return int(size or PAGE)


def entry(number: int) -> dict[str, Any]:
    """What the index has of that basket."""
    return {name: value for name, value in item(number).items() if name in ("pk", "sk", "_list", "_position")}
