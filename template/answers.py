"""What the user answered, checked."""

import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from template.errors import Refused
from template.names import Name
from template.names import shown

QUESTIONS = (
    "project_name",
    "project_slug",
    "description",
    "author",
    "email",
    "aggregate",
    "aggregate_plural",
    "example",
    "licence",
    "git",
)
"""In the order in which `cookiecutter.json` has them."""

LICENCES = ("MIT", "Proprietary")

_MAX_TEXT = 200
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SLUG_LENGTHS = range(3, 61)
_EMAIL = re.compile(r"(?!\.)(?:\.?[A-Za-z0-9!#$%&'*+/=?^_|~-])+@[\w-]+(?:\.[\w-]+)*")
"""What a header of a mail can have, and so the metadata of a distribution."""

_COMMANDS = frozenset({"activate", "lint-imports", "pip", "pip3", "python", "python3"})
"""What the service needs in its environment, beside what has the name of its distribution."""

_VARIABLES_OF_OTHERS = (
    *("AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME", "AWS_EXECUTION_ENV", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    *("AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_TASK_ROOT"),
    *("KUBERNETES_SERVICE_HOST", "KUBERNETES_PORT_443_TCP", "DOCKER_HOST", "COMPOSE_PROJECT_NAME", "CONTAINER_HOST"),
    *("PYTHON_VERSION", "PIP_INDEX_URL", "PIPX_HOME", "CONDA_PREFIX", "VIRTUAL_ENV", "COVERAGE_FILE"),
    *("MYPY_CACHE_DIR", "RUFF_CACHE_DIR", "PYTEST_CURRENT_TEST", "TEST_ADAPTERS", "MINISTACK_ADDRESS"),
    *("GIT_DIR", "GITHUB_ACTIONS", "GITLAB_CI", "RUNNER_OS", "JENKINS_URL", "SSH_AUTH_SOCK", "SSL_CERT_FILE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "BASH_ENV", "XDG_CONFIG_HOME"),
)
"""Environment variables that other programs read. A service whose prefix they have would take them for its settings."""

_YES = {True: True, False: False, "yes": True, "no": False, "true": True, "false": False}

REFERENCE = "team-service"
"""The slug of the reference service, which also stands in its other names."""


@dataclass(frozen=True)
class Answers:
    """What a service is made of."""

    project_name: str
    project_slug: str
    description: str
    author: str
    email: str
    aggregate: Name
    example: bool
    licence: str
    git: bool

    @classmethod
    def of(cls, given: Mapping[str, Any], *, taken: frozenset[str] = frozenset()) -> "Answers":
        """The answers, if all of them can be used.

        Args:
            given: by the names that `cookiecutter.json` has.
            taken: slugs that the service cannot have, since distributions that it depends on have them.

        Raises:
            Refused: with everything that is wrong.
        """
        problems = [*_problems(given, taken)]
        if problems:
            raise Refused(problems)
        return cls(
            aggregate=Name(given["aggregate"], given["aggregate_plural"]),
            example=_YES[given["example"]],
            git=_YES[given["git"]],
            **{
                key: given[key] for key in ("project_name", "project_slug", "description", "author", "email", "licence")
            },
        )

    def literals(self) -> dict[str, str]:
        """What stands in the reference, and what stands in the service instead."""
        snake = self.project_slug.replace("-", "_")
        author = (
            f'{{ name = "{self.author}", email = "{self.email}" }}' if self.email else f'{{ name = "{self.author}" }}'
        )
        literals = {
            "team-service": self.project_slug,
            "team_service": snake,
            "TEAM_SERVICE": _variable(self.project_slug),
            "Team Service": self.project_name,
            "Football teams sign, release and transfer players: a clean-architecture service on AWS.": self.description,
            "The team-service authors": self.author,
            '{ name = "The team-service authors" }': author,
        }
        if self.licence == "Proprietary":
            literals['license = "MIT"'] = (
                'license = "LicenseRef-Proprietary"\nclassifiers = ["Private :: Do Not Upload"]'
            )
        return literals

    def recorded(self) -> dict[str, object]:
        """The answers by the names that `cookiecutter.json` has."""
        return {
            "project_name": self.project_name,
            "project_slug": self.project_slug,
            "description": self.description,
            "author": self.author,
            "email": self.email,
            "aggregate": self.aggregate.singular,
            "aggregate_plural": self.aggregate.plural,
            "example": self.example,
            "licence": self.licence,
            "git": self.git,
        }


def unknown(given: Iterable[str]) -> Iterator[str]:
    """What is wrong with the questions that were answered, whatever the answers are."""
    for question in given:
        if question not in QUESTIONS:
            guess = get_close_matches(question, QUESTIONS, n=1)
            hint = f"did you mean {guess[0]!r}?" if guess else f"there are {', '.join(QUESTIONS)}"
            yield f"{shown(question)} is not a question; {hint}"


def _problems(given: Mapping[str, Any], taken: frozenset[str]) -> Iterator[str]:
    texts = [question for question in QUESTIONS if question not in {"example", "git"}]
    no_texts = [key for key in texts if not isinstance(given.get(key), str)]
    yield from (f"{key}: {shown(given.get(key))} is not a text" for key in no_texts)
    for key in ("project_name", "description", "author"):
        if key not in no_texts:
            yield from _problems_of_text(key, given[key])
    if "project_slug" not in no_texts:
        yield from _problems_of_slug(given["project_slug"], taken)
    if "email" not in no_texts and given["email"]:
        yield from _problems_of_text("email", given["email"])
        if not _EMAIL.fullmatch(given["email"]):
            yield f"email: {shown(given['email'])} is not an address; leave it empty if there is none"
    if not {"aggregate", "aggregate_plural"} & {*no_texts}:
        yield from Name(given["aggregate"], given["aggregate_plural"]).problems("aggregate", "aggregate_plural")
    if "licence" not in no_texts and given["licence"] not in LICENCES:
        yield f"licence: {shown(given['licence'])} is none of {', '.join(LICENCES)}"
    for key in ("example", "git"):
        if given.get(key) not in [*_YES]:  # which may be a list, and that has no hash
            yield f"{key}: {shown(given.get(key))} is neither yes nor no"


def _problems_of_text(key: str, text: str) -> Iterator[str]:
    if not text.strip() or text != text.strip():
        yield f"{key}: {shown(text)} is empty, or begins or ends with a blank"
    if len(text) > _MAX_TEXT:
        yield f"{key}: {shown(text)} has {len(text)} characters, more than {_MAX_TEXT}"
    if not text.isprintable() or {*text} & {*'"\\<>{}`'}:
        yield f'{key}: {shown(text)} has a control character, or one of " \\ < > {{ }} `'


def _problems_of_slug(slug: str, taken: frozenset[str]) -> Iterator[str]:
    if not _SLUG.fullmatch(slug):
        yield f"project_slug: {shown(slug)} is not words of a-z and 0-9 joined by hyphens, beginning with a letter"
    elif len(slug) not in _SLUG_LENGTHS:
        yield f"project_slug: {shown(slug)} has {len(slug)} characters, not {_SLUG_LENGTHS[0]} to {_SLUG_LENGTHS[-1]}"
    elif slug in taken:
        yield f"project_slug: {slug!r} is the name of a distribution that the service is installed with"
    elif slug in _COMMANDS:
        yield f"project_slug: {slug!r} is the name of a command that the service needs"
    else:
        prefix = _variable(slug) + "_"
        others = [variable for variable in _VARIABLES_OF_OTHERS if variable.startswith(prefix)]
        if others:
            yield f"project_slug: the settings of {slug!r} would begin with {prefix}, as {others[0]} does"


def _variable(slug: str) -> str:
    return slug.replace("-", "_").upper()
