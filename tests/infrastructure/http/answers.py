"""What the scenarios read from an answer."""

import httpx

JSON = {"content-type": "application/json"}


def problem(response: httpx.Response) -> tuple[int, str]:
    """The status and the kind of problem that `response` tells of; what is no sound problem is no kind at all."""
    if response.headers.get("content-type") != "application/problem+json":
        return response.status_code, f"not a problem: {response.text}"
    told = response.json()
    sound = told["status"] == response.status_code and told["title"] and told["detail"]
    return response.status_code, told["type"].removeprefix("urn:team-service:") if sound else f"unsound: {told}"


def violations(response: httpx.Response) -> list[str]:
    """The inputs that `response` finds fault with."""
    return [error["input"] for error in response.json()["errors"]]


def names(response: httpx.Response) -> list[str]:
    """The names in a listing."""
    return [item["name"] for item in response.json()["items"]]
