"""Reads what settings refer to: parameters of Parameter Store, and secrets of Secrets Manager.

It is imported only if a setting is a reference. It reads once, at start, and keeps nothing.
"""

import json
import re
from abc import ABC
from abc import abstractmethod
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import ClassVar

from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError

from domain.kernel.errors import Misconfigured
from domain.kernel.errors import ServiceError
from domain.kernel.errors import Unavailable
from infrastructure.kernel.aws import create_aws_client
from infrastructure.kernel.aws import unusable
from infrastructure.kernel.logs import hide_answers_of_aws
from usecases.kernel.deadline import OutOfTime
from usecases.kernel.deadline import bounded
from usecases.kernel.deadline import within

SECONDS = 8
"""How long all of it may take. Lambda gives a function 10 s to start."""
BUFFER_SECONDS = 2
"""How long before that the last request is sent."""

Result = str | ServiceError
"""A value, or why there is none."""


def resolve(references: Mapping[str, str], *, region: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """The values that the references name, and why the others have none. Both have the keys of `references`.

    Raises:
        Unavailable: Parameter Store or Secrets Manager throttles, fails, or does not answer.
    """
    hide_answers_of_aws()
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    with within(SECONDS, buffer=BUFFER_SECONDS):
        for source in (_ParameterStore(), _SecretsManager()):
            asked = {name: text for name, text in references.items() if text.startswith(source.prefix)}
            for name, result in source.read(asked, region).items():
                if isinstance(result, str):
                    values[name] = result
                elif isinstance(result, Unavailable):
                    raise Unavailable(f"{name}: {asked[name]} {result}") from result
                else:
                    problems[name] = f"{asked[name]} {result}"
    return values, problems


class _Source(ABC):
    """A service of AWS that keeps values, each under an id."""

    prefix: ClassVar[str]
    id: ClassVar[str]
    """A regular expression."""
    called: ClassVar[str]
    client: ClassVar[str]
    most: ClassVar[int]
    """How many values one request may ask for."""

    @abstractmethod
    def ask(self, client: Any, ids: Sequence[str]) -> Mapping[str, Result]:
        """What one request tells of `ids`."""

    def read(self, references: Mapping[str, str], region: str | None) -> dict[str, Result]:
        """What each reference names. The keys are those of `references`."""
        form = re.compile(f"{self.prefix}(?P<id>{self.id})(#(?P<key>.+))?", re.DOTALL)
        matches = {name: form.fullmatch(text) for name, text in references.items()}
        told = self._told(sorted({match["id"] for match in matches.values() if match}), region)
        malformed = Misconfigured(f"is no reference, which is {self.prefix}<name> or {self.prefix}<name>#<key>")
        return {
            name: _member(told[match["id"]], match["key"]) if match else malformed for name, match in matches.items()
        }

    def _told(self, ids: Sequence[str], region: str | None) -> dict[str, Result]:
        told: dict[str, Result] = dict.fromkeys(ids, Unavailable(f"cannot be read: {self.called} did not tell of it"))
        for begin in range(0, len(ids), self.most):
            some = ids[begin : begin + self.most]
            try:
                client = create_aws_client(self.client, self.called, region=region)
                told |= bounded(self.ask, client, some)
            except ServiceError as exc:
                told |= dict.fromkeys(some, exc)
            except OutOfTime as exc:
                told |= dict.fromkeys(some, Unavailable(f"cannot be read: {self.called} {exc}"))
            except (BotoCoreError, ClientError) as exc:
                told |= dict.fromkeys(some, unusable("cannot be read", exc))
        return told


class _ParameterStore(_Source):
    prefix, id, called, client, most = "ssm:", r"[a-zA-Z0-9_./-]+", "Parameter Store", "ssm", 10

    def ask(self, client: Any, ids: Sequence[str]) -> Mapping[str, Result]:
        answer = client.get_parameters(Names=ids, WithDecryption=True)
        missing = dict.fromkeys(answer["InvalidParameters"], Misconfigured("does not exist"))
        return missing | {found["Name"]: found["Value"] for found in answer["Parameters"]}


class _SecretsManager(_Source):
    prefix, id, called, client = "secretsmanager:", r"[a-zA-Z0-9/_+=.@:-]+", "Secrets Manager", "secretsmanager"
    most = 20

    def ask(self, client: Any, ids: Sequence[str]) -> Mapping[str, Result]:
        answer = client.batch_get_secret_value(SecretIdList=ids)
        told: dict[str, Result] = {refused["SecretId"]: _refusal(refused) for refused in answer["Errors"]}
        for found in answer["SecretValues"]:
            value = found.get("SecretString", Misconfigured("is binary, and not a text"))
            # An ARN may be given without the six characters that Secrets Manager appends.
            told |= dict.fromkeys((found["Name"], found["ARN"], found["ARN"][: -len("-xxxxxx")]), value)
        return {id: told[id] for id in ids if id in told}


def _refusal(refused: Mapping[str, str]) -> ServiceError:
    """Why Secrets Manager gives no value of one secret."""
    if refused["ErrorCode"] == "ResourceNotFoundException":
        return Misconfigured("does not exist")
    error: Any = {"Code": refused["ErrorCode"], "Message": refused.get("Message", "")}
    return unusable("cannot be read", ClientError({"Error": error}, "GetSecretValue"))


def _member(value: Result, key: str | None) -> Result:
    """The value, or its member of that key. No message quotes it."""
    if isinstance(value, str) and key is not None:
        value = _of_json(value, key)
    return Misconfigured("is empty") if value == "" else value


def _of_json(text: str, key: str) -> Result:
    try:
        members = json.loads(text, parse_int=str, parse_float=str)
    except ValueError:
        return Misconfigured("is not JSON, which has keys")
    if not isinstance(members, dict) or key not in members:
        return Misconfigured("has no such key")
    match members[key]:
        case bool(value):
            return str(value).lower()
        case str(value):
            return value
    return Misconfigured("is neither a text, a number, nor true or false")
