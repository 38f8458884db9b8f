"""What the user answered, checked."""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from template.errors import Refused
from template.names import Name
from template.names import shown

LICENCES = ("MIT", "Proprietary")

_MAX_TEXT = 200
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SLUG_LENGTHS = range(3, 61)
_EMAIL = re.compile(r"(?!\.)(?:\.?[A-Za-z0-9!#$%&'*+/=?^_|~-])+@[\w-]+(?:\.[\w-]+)*")
"""What a header of a mail can have, and so the metadata of a distribution."""

_COMMANDS = frozenset({"activate", "lint-imports", "pip", "pip3", "python", "python3"})
"""What the service needs in its environment, beside what has the name of its distribution."""

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
            "TEAM_SERVICE": snake.upper(),
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


def _problems(given: Mapping[str, Any], taken: frozenset[str]) -> Iterator[str]:
    texts = (
        "project_name",
        "project_slug",
        "description",
        "author",
        "email",
        "aggregate",
        "aggregate_plural",
        "licence",
    )
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
