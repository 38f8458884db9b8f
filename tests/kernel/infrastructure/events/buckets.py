"""The bucket of the tests, and what is in it."""

from typing import Any
from typing import Literal

REGION: Literal["eu-west-1"] = "eu-west-1"
BUCKET = "letters-of-the-test"


def keys(s3: Any) -> list[str]:
    """The keys of all objects."""
    return [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]
