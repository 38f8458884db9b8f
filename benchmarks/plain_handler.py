"""What a cold start is compared with: one item read by boto3, and checked by pydantic."""

import os
from typing import Any

import boto3
from pydantic import BaseModel

database = boto3.client("dynamodb", endpoint_url=os.environ["ENDPOINT"])


class Item(BaseModel):
    """What is stored."""

    id: str
    version: int
    name: str


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers with the item whose id stands at the end of the path."""
    id = event["rawPath"].rpartition("/")[2]
    found = database.get_item(TableName=os.environ["TABLE"], Key={"pk": {"S": f"CRATE#{id}"}, "sk": {"S": "#"}})
    stored = found["Item"]
    item = Item(id=id, version=int(stored["version"]["N"]), name=stored["name"]["S"])
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": item.model_dump_json()}
