"""Checks a template with cfn-lint: as it is written, and as AWS expands it, where cfn-lint finds more."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boto3.session import Session
from cfnlint.api import lint
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

REGION = "eu-west-1"
ZIP = "s3://a-bucket/of-zips"
"""Stands for what a deployment uploads: without an address the template cannot be expanded."""


def main() -> None:
    """Prints what is wrong with the template that the command line names, and exits with 1 if that is anything."""
    path = Path(sys.argv[1])
    found = [*problems(path.read_text(encoding="utf-8"))]
    print("".join(f"{path.name}, {problem}\n" for problem in found), end="")
    sys.exit(bool(found))


def problems(text: str) -> Iterator[str]:
    """What is wrong with a template, each with the place."""
    written = lint(text, regions=[REGION])
    yield from (f"line {match.linenumber}: {match.rule.id} {match.message}" for match in written)
    if written:
        return
    try:
        expanded = expand(text)
    except InvalidDocumentException as exc:
        yield from (f"expanded: {cause.message}" for cause in exc.causes)
    else:
        for match in lint(json.dumps(expanded, indent=1), regions=[REGION]):
            yield f"expanded, {'/'.join(map(str, match.path))}: {match.rule.id} {match.message}"


def expand(text: str) -> dict[str, Any]:
    """A SAM template as plain CloudFormation.

    Raises:
        InvalidDocumentException: it is not SAM.
    """
    packaged = yaml_parse(re.sub(r"\bCodeUri: \S+", f"CodeUri: {ZIP}", text))
    translator = Translator({}, Parser(), boto_session=Session(region_name=REGION))
    expanded: dict[str, Any] = translator.translate(packaged, {})
    return expanded


if __name__ == "__main__":
    main()
