"""The baskets that every variant reads and writes: plain, and as DynamoDB keeps them. Imports nothing that is measured."""

from typing import Any

TABLE = "baskets"
KIND = "BASKET"
INDEX = "listing"
PARTITION = f"{KIND}#0"
LINES = 11
PAGE = 100
STORED = 1000
SIZES = ("S", "M", "L", "XL")

IDS = tuple(f"01JD8X4W5Y0V3T7Q2N6M9K{number:04}" for number in range(STORED))


def basket(number: int, *, version: int = 1) -> dict[str, Any]:
    """The basket of that number. One of its lines has a name that is not ASCII."""
    return {
        "id": IDS[number],
        "version": version,
        "name": f"Basket of the {number:04}th customer",
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


def entry(number: int) -> dict[str, Any]:
    """What the index has of that basket."""
    return {name: value for name, value in item(number).items() if name in ("pk", "sk", "_list", "_position")}
