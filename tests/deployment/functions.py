"""The functions of a stack, called by themselves, and their roles, with an action less."""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from deploy.kernel.local import Cloud
from tests.deployment.fixtures import Deployed


@dataclass(frozen=True)
class Invocation:
    """What a function answered, and whether it failed."""

    answer: Any
    failed: bool


def invoked(cloud: Cloud, stack: Deployed, function: str, payload: Mapping[str, Any]) -> Invocation:
    """Calls the function of that logical id, and waits for it."""
    client = cloud.aws.session.client("lambda", endpoint_url=cloud.address)
    _, name = stack.deployment.stack.resources()[function]
    told = client.invoke(FunctionName=name, Payload=json.dumps(payload))
    return Invocation(json.loads(told["Payload"].read()), "FunctionError" in told)


@contextmanager
def without(cloud: Cloud, stack: Deployed, role: str, action: str) -> Iterator[None]:
    """Takes an action from a role of the stack, and gives it back at the end."""
    iam = cloud.aws.session.client("iam", endpoint_url=cloud.address)
    _, name = stack.deployment.stack.resources()[role]
    [policy] = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document: Any = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    statements = [{**statement, "Action": [*_actions(statement)]} for statement in document["Statement"]]
    assert any(action in statement["Action"] for statement in statements), f"{role} may not {action} anyway"
    less = [{**each, "Action": [one for one in each["Action"] if one != action]} for each in statements]
    kept = {**document, "Statement": [statement for statement in less if statement["Action"]]}
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(kept))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))


def _actions(statement: Mapping[str, Any]) -> list[str]:
    given = statement["Action"]
    return [given] if isinstance(given, str) else list(given)
