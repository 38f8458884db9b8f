"""What the scenarios read from an answer."""

from typing import Any

import httpx

JSON = {"content-type": "application/json"}


def problem(response: httpx.Response) -> tuple[int, str]:
    """The status and the kind of problem that `response` tells of; what is no sound problem is no kind at all."""
    if response.headers.get("content-type") != "application/problem+json":
        return response.status_code, f"not a problem: {response.text}"
    told = response.json()
    sound = told["status"] == response.status_code and told["title"] and told["detail"]
    return response.status_code, told["type"].removeprefix("urn:problem-type:") if sound else f"unsound: {told}"


def violations(response: httpx.Response) -> list[str]:
    """The inputs that `response` finds fault with."""
    return [error["input"] for error in response.json()["errors"]]


def names(response: httpx.Response) -> list[str]:
    """The names in a listing."""
    return [item["name"] for item in response.json()["items"]]


def body(response: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of an answer that has to have this status. If it has not, the failure shows what the answer says."""
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    told: dict[str, Any] = response.json()
    return told
