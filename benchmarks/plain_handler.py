"""What the API on Lambda is compared with: one item read by boto3, and checked by pydantic."""

import os
from enum import StrEnum
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer
from pydantic import BaseModel

database = boto3.client("dynamodb", endpoint_url=os.environ["ENDPOINT"])
decode = TypeDeserializer().deserialize


class Size(StrEnum):
    """How large an article is."""

    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class Line(BaseModel):
    """An article in a basket."""

    id: str
    name: str
    size: Size


class Basket(BaseModel):
    """What is stored."""

    id: str
    version: int
    name: str
    lines: tuple[Line, ...]


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers with the item whose id stands at the end of the path."""
    id = event["rawPath"].rpartition("/")[2]
    found = database.get_item(TableName=os.environ["TABLE"], Key={"pk": {"S": f"BASKET#{id}"}, "sk": {"S": "#"}})
    item = {name: decode(value) for name, value in found["Item"].items()}
    basket = Basket.model_validate({**item, "id": id})
    headers = {"content-type": "application/json", "etag": f'"{basket.version}"'}
    return {"statusCode": 200, "headers": headers, "body": basket.model_dump_json()}
