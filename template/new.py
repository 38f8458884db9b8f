"""Makes a service: `make new` runs this, with cookiecutter installed beside it.

In a terminal it asks, and asks again at once where an answer cannot be used. With answers on the command line, or where
nobody can answer, it names everything that is wrong at once, as cookiecutter does.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cookiecutter import prompt  # type: ignore[import-not-found]  # installed in .venv-new only, as all of it
from cookiecutter.config import get_user_config  # type: ignore[import-not-found]
from cookiecutter.exceptions import CookiecutterException  # type: ignore[import-not-found]
from cookiecutter.generate import generate_context  # type: ignore[import-not-found]
from cookiecutter.main import cookiecutter  # type: ignore[import-not-found]
from cookiecutter.utils import create_env_with_context  # type: ignore[import-not-found]
from rich.prompt import InvalidResponse

from template.answers import QUESTIONS
from template.answers import unknown
from template.errors import Refused
from template.service import Reference

ROOT = Path(__file__).parents[1]

Answers = dict[str, Any]


def main() -> None:
    """Asks, and makes the service."""
    parser = ArgumentParser(prog="make new")
    parser.add_argument("--output-dir", type=Path, required=True)
    parser.add_argument("answers", nargs="*", metavar="question=answer")
    arguments = parser.parse_args()
    try:
        questions = Questions(arguments.output_dir)
        nobody_answers = arguments.answers or not sys.stdin.isatty()
        answers = questions.settled(arguments.answers) if nobody_answers else questions.asked()
        cookiecutter(str(ROOT), no_input=True, extra_context=answers, output_dir=str(arguments.output_dir))
    except (Refused, CookiecutterException) as failed:
        sys.exit(f"No service was made:{failed}" if isinstance(failed, Refused) else f"No service was made: {failed}")
    except (KeyboardInterrupt, EOFError):
        sys.exit("\nNo service was made.")


class Questions:
    """The questions of `cookiecutter.json`, with defaults that the user's own configuration may have changed."""

    def __init__(self, output_dir: Path) -> None:
        self._output_dir = output_dir
        self._reference = Reference(ROOT)
        context = generate_context(str(ROOT / "cookiecutter.json"), get_user_config()["default_context"])
        self._environment = create_env_with_context(context)
        self._raw: Mapping[str, Any] = context["cookiecutter"]
        self._prompts: Mapping[str, str] = self._raw["__prompts__"]

    def settled(self, given: list[str]) -> Answers:
        """The answers `given` as `question=answer`, and for all other questions the defaults.

        Raises:
            Refused: with everything that is wrong.
        """
        answers = dict(answer.partition("=")[::2] for answer in given)
        problems = [
            *(
                f"{answer!r} is not a question and its answer, as aggregate=Order is"
                for answer in given
                if "=" not in answer
            ),
            *unknown(answer.partition("=")[0] for answer in given if "=" in answer),
        ]
        answers = self._complete({key: self._truth(key, answers[key]) for key in QUESTIONS if key in answers})
        problems += self._reference.problems(answers)
        if problems:
            raise Refused(problems)
        return answers

    def asked(self) -> Answers:
        """What the user answers, each answer checked before the next question."""
        answers: Answers = {}
        for question in QUESTIONS:
            reasons = [""]
            while reasons:
                answers[question] = self._ask(question, answers)
                reasons = [*self._problems(answers)]
                sys.stderr.write("".join(f"      {reason}\n" for reason in reasons))
                sys.stderr.flush()
        return answers

    def _ask(self, question: str, answers: Answers) -> Any:
        default = self._default(question, answers)
        prefix = f"  [dim][{QUESTIONS.index(question) + 1}/{len(QUESTIONS)}][/] "
        if isinstance(default, list):
            return prompt.read_user_choice(question, default, self._prompts, prefix)
        ask = prompt.read_user_yes_no if isinstance(default, bool) else prompt.read_user_variable
        return ask(question, default, self._prompts, prefix)

    def _problems(self, answers: Answers) -> Iterator[str]:
        """What is wrong with the answers so far; those that are missing are taken to be the defaults."""
        for problem in self._reference.problems(self._complete(answers)):
            question, _, reason = problem.partition(": ")
            if question in answers:
                yield reason
        folder = self._output_dir / str(answers.get("project_slug", ""))
        if [*answers][-1] == "project_slug" and folder.exists():
            yield f"{folder} is there already"

    def _complete(self, answers: Answers) -> Answers:
        complete: Answers = {}
        for question in QUESTIONS:
            default = self._default(question, complete)
            complete[question] = answers.get(question, default[0] if isinstance(default, list) else default)
        return complete

    def _default(self, question: str, answers: Answers) -> Any:
        return prompt.render_variable(self._environment, self._raw[question], answers)

    def _truth(self, question: str, answer: str) -> Any:
        """What cookiecutter takes for yes or no; anything else as it is, to be refused with the rest."""
        if not isinstance(self._raw[question], bool):
            return answer
        try:
            return prompt.YesNoPrompt().process_response(answer)
        except InvalidResponse:
            return answer


if __name__ == "__main__":
    main()
