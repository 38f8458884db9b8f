"""Whatever is answered ends up as text in the service, or is refused with the reason and leaves nothing behind."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from template.answers import Answers
from template.errors import Refused
from template.service import Reference
from tests.template.services import NEW
from tests.template.services import ORDER
from tests.template.services import ROOT
from tests.template.services import Finished
from tests.template.services import Service
from tests.template.services import context
from tests.template.services import copy_of_the_template
from tests.template.services import generate
from tests.template.services import run

TEXTS = ("project_name", "description", "author")
HOSTILE = {
    "a quote": 'Ann "Annie" Smith',
    "a backslash": "C:\\new",
    "an escaped quote": '\\"',
    "an expression of Jinja": "{{ 7*7 }}",
    "a tag of Jinja": "{% raw %}",
    "an expression of a shell": "`id`",
    "markup": "<script>",
    "a newline": "one\ntwo",
    "a carriage return": "one\rtwo",
    "a line separator": "one\u2028two",
    "a NUL": "one\0two",
    "a bell": "one\atwo",
    "an escape sequence": "\x1b[31mred",
    "a direction override": "one\u202etwo",
    "half of a pair": "one\ud83dtwo",
    "nothing": "",
    "blanks": "   ",
    "a blank in front": " one",
    "a newline behind": "one\n",
    "300 characters": "x" * 300,
    "None": None,
    "a number": 7,
    "a list": ["one"],
}
HARMLESS = {
    "an emoji": "🚀 Rocket",
    "accents": "Zoë Ångström",
    "another script": "注文サービス",
    "an apostrophe": "Ann O'Neill",
    "three apostrophes": "'''",
    "a comma": "Acme, Inc.",
    "a dollar": "$HOME $(id) $$",
    "a percent sign": "100 %s %(name)s",
    "an ampersand": "one & two | three",
    "a word of the example": "Football Team Sponsor",
    "null": "null",
    "a path": "/etc/x",
    "200 characters": "x" * 200,
}
NO_SLUGS = {
    "a path upwards": "../../x",
    "an absolute path": "/etc/x",
    "a path of Windows": "C:\\x",
    "two dots": "..",
    "upper case": "Order-Service",
    "a blank": "order service",
    "an underscore": "order_service",
    "a dot": "order.service",
    "two hyphens": "order--service",
    "a hyphen in front": "-order",
    "a hyphen behind": "order-",
    "a digit in front": "1order",
    "accents": "zoë",
    "digits of another script": "order-٣",
    "an emoji": "🚀",
    "a newline behind": "order\n",
    "nothing": "",
    "two characters": "ab",
    "300 characters": "x" * 300,
    "None": None,
}
NO_ADDRESSES = (
    "nobody",
    "@example.com",
    "ann@",
    "ann@@example.com",
    "ann smith@example.com",
    "Ann <ann@example.com>",
    "ann@example.com, bob@example.com",
    "ann@example.com;bob@example.com",
    "ann..smith@example.com",
    ".ann@example.com",
    "ann@example..com",
    "ann@example.com.",
    "ann@[127.0.0.1]",
    "(ann)@example.com",
    "änn@example.com",
    'ann"@example.com',
    "ann@example.com\n",
    "ann\0@example.com",
    "{{ 7*7 }}@example.com",
    "x" * 300 + "@example.com",
    " ",
    None,
)


def problems_of(**answers: Any) -> tuple[str, ...]:
    """Why they are refused; nothing, if they are not."""
    try:
        Reference(ROOT).answers(context(**answers))
    except Refused as refused:
        return refused.problems
    return ()


def files_of(**answers: Any) -> dict[str, str]:
    """The service made of these answers."""
    reference = Reference(ROOT)
    files = reference.service(reference.answers(context(**answers)))
    return {path: content.decode() for path, content in files.items()}


@pytest.mark.parametrize("key", TEXTS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_refused_by_the_name_of_its_question(key, text):
    problems = problems_of(**{key: text})

    assert problems
    assert all(problem.startswith(f"{key}: ") and problem.isprintable() for problem in problems)


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_any_other_text_is_kept_to_the_letter(text):
    files = files_of(**dict.fromkeys(TEXTS, text))

    project = tomllib.loads(files["pyproject.toml"])["project"]
    assert project["description"] == text
    assert project["authors"] == [{"name": text}]
    assert f"Copyright (c) {text}\n" in files["LICENSE"]
    assert files["README.md"].startswith(f"# {text}\n")


def test_no_text_of_an_answer_gets_into_code():
    files = files_of(**dict.fromkeys(TEXTS, "Marked'Text"))

    assert not [path for path, text in files.items() if path.endswith((".py", "Makefile", ".mk")) and "Marked" in text]


@pytest.mark.parametrize("slug", NO_SLUGS.values(), ids=NO_SLUGS.keys())
def test_a_slug_that_is_no_name_of_a_folder_and_a_distribution_is_refused(slug):
    [problem] = problems_of(project_slug=slug)

    assert problem.startswith("project_slug: ")
    assert problem.isprintable()


@pytest.mark.parametrize("slug", ["boto3", "pytest", "typing-extensions", "pip", "python", "python3", "lint-imports"])
def test_a_slug_that_the_service_is_installed_with_is_refused(slug):
    [problem] = problems_of(project_slug=slug)

    assert problem.startswith(f"project_slug: '{slug}' is the name of ")


@pytest.mark.parametrize(
    "slug",
    [
        "aws",
        "aws-lambda",
        "lambda",
        "pip",
        "git",
        "docker",
        "kubernetes",
        "kubernetes-service",
        "pytest",
        "test",
        "http",
    ],
)
def test_a_slug_whose_settings_would_be_those_of_others_is_refused(slug):
    [problem] = problems_of(project_slug=slug)

    assert problem.startswith("project_slug: ")
    assert any(reason in problem for reason in ("would begin with ", "is the name of "))


def test_a_slug_that_is_refused_for_its_settings_is_told_which_others_have_them():
    [problem] = problems_of(project_slug="aws-lambda")

    assert problem == (
        "project_slug: the settings of 'aws-lambda' would begin with AWS_LAMBDA_, as AWS_LAMBDA_FUNCTION_NAME does"
    )


@pytest.mark.parametrize("slug", ["aws-orders", "lambda-orders", "test-service", "gitter", "python-courses"])
def test_a_slug_that_only_begins_like_others_is_none_of_theirs(slug):
    assert problems_of(project_slug=slug) == ()


@pytest.mark.parametrize("slug", ["abc", "order-service", "o2-2", "x" * 60])
def test_the_command_and_the_settings_are_called_after_the_slug(slug):
    files = files_of(project_slug=slug)

    assert tomllib.loads(files["pyproject.toml"])["project"]["scripts"] == {slug: "infrastructure.cli:main"}
    assert f"{slug.replace('-', '_').upper()}_DYNAMODB_TABLE={slug}\n" in files[".env.example"]


@pytest.mark.parametrize("email", NO_ADDRESSES, ids=ascii)
def test_what_is_no_address_is_refused(email):
    problems = problems_of(email=email)

    assert problems
    assert all(problem.startswith("email: ") and problem.isprintable() for problem in problems)


@pytest.mark.parametrize("email", ["ann@example.com", "ann.o'neill+orders@mail.example.com", "root@localhost"])
def test_an_address_stands_beside_the_author(email):
    files = files_of(author="Ann O'Neill", email=email)

    assert tomllib.loads(files["pyproject.toml"])["project"]["authors"] == [{"name": "Ann O'Neill", "email": email}]


def test_a_proprietary_service_says_so_and_cannot_be_published_by_mistake():
    files = files_of(licence="Proprietary", author="Ann O'Neill")

    project = tomllib.loads(files["pyproject.toml"])["project"]
    assert project["license"] == "LicenseRef-Proprietary"
    assert project["classifiers"] == ["Private :: Do Not Upload"]
    assert files["LICENSE"] == "Copyright (c) Ann O'Neill. All rights reserved.\n"


@pytest.mark.parametrize("licence", ["GPL", "mit", "", None, ["MIT"]], ids=repr)
def test_an_unknown_licence_is_refused_with_those_there_are(licence):
    [problem] = problems_of(licence=licence)

    assert problem.startswith("licence: ")


@pytest.mark.parametrize("key", ["example", "git"])
@pytest.mark.parametrize("answer", ["maybe", "", "Yes!", None, 2, ["yes"], {}], ids=repr)
def test_what_is_neither_yes_nor_no_is_refused(key, answer):
    [problem] = problems_of(**{key: answer})

    assert problem == f"{key}: {answer!r} is neither yes nor no"


@pytest.mark.parametrize(("answer", "meaning"), [(True, True), ("yes", True), (False, False), ("no", False)])
def test_yes_and_no_may_be_texts(answer, meaning):
    answers = Answers.of(context(example=answer, git=answer))

    assert (answers.example, answers.git) == (meaning, meaning)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_of_an_aggregate_is_refused(text):
    problems = problems_of(aggregate=text, aggregate_plural=text)

    assert {problem.partition(": ")[0] for problem in problems} == {"aggregate", "aggregate_plural"}
    assert all(problem.isprintable() for problem in problems)


def test_answers_that_are_missing_are_named():
    with pytest.raises(Refused) as refused:
        Answers.of({})

    assert {problem.partition(": ")[0] for problem in refused.value.problems} == {*context()}


def test_everything_that_is_wrong_is_named_at_once():
    wrong = dict.fromkeys(context(), "{")

    problems = problems_of(**wrong)

    assert {problem.partition(": ")[0] for problem in problems} == {*context()}


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ({"author": 'Ann "Annie" Smith'}, ["author"]),
        ({"description": "C:\\new"}, ["description"]),
        ({"project_name": "one\ntwo"}, ["project_name"]),
        ({"author": "\x1b[31mred"}, ["author"]),
        ({"author": "x" * 300}, ["author"]),
        ({"author": ""}, ["author"]),
        ({"author": "one\udcfftwo"}, ["author"]),
        ({"project_name": ""}, ["project_name", "project_slug"]),
        ({"project_name": "🚀"}, ["project_slug"]),
        ({"project_name": "/"}, ["project_slug"]),
        ({"project_slug": "../../x"}, ["project_slug"]),
        ({"project_slug": "/etc/x"}, ["project_slug"]),
        ({"project_slug": ".."}, ["project_slug"]),
        ({"project_slug": "x" * 300}, ["project_slug"]),
        ({"project_slug": "boto3"}, ["project_slug"]),
        ({"aggregate": "../Order"}, ["aggregate"]),
        ({"email": "nobody", "aggregate": "class", "author": "`id`"}, ["author", "email", "aggregate"]),
    ],
    ids=ascii,
)
def test_cookiecutter_makes_nothing_of_hostile_answers(tmp_path, answers, named):
    finished = cooked(tmp_path, **answers)

    assert finished.code != 0
    assert "No service was made:\n" in finished.output
    assert all(f"\n  - {key}: " in finished.output for key in named)
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        ("aggregat", "did you mean 'aggregate'?"),
        ("Aggregate", "did you mean 'aggregate'?"),
        ("project-name", "did you mean 'project_name'?"),
        ("license", "did you mean 'licence'?"),
        ("colour", "there are project_name, "),
        ("_template", "did you mean "),
    ],
)
def test_an_answer_to_a_question_that_does_not_exist_is_refused(tmp_path, question, hint):
    finished = cooked(tmp_path, **ORDER, **{question: "x"})

    assert finished.code != 0
    assert f"\n  - {question!r} is not a question; {hint}" in finished.output
    assert nothing_is_left(tmp_path)


def test_cruft_too_refuses_an_answer_to_a_question_that_does_not_exist(tmp_path):
    template = copy_of_the_template(tmp_path / "template")
    (tmp_path / "new").mkdir()
    given = ("--no-input", "--extra-context", '{"aggregat": "Order"}')

    finished = run(NEW / "cruft", "create", template, *given, cwd=tmp_path / "new", HOME=str(tmp_path))

    assert finished.code != 0
    assert "'aggregat' is not a question; did you mean 'aggregate'?" in finished.output
    assert not [*(tmp_path / "new").iterdir()]


def test_what_the_user_has_configured_for_other_templates_is_no_answer(tmp_path):
    configuration = tmp_path / "cookiecutterrc"
    configuration.write_text("default_context:\n  github_username: ann\n  author: Ann\n", encoding="utf-8")
    (tmp_path / "new").mkdir()

    finished = generate(tmp_path / "new", ROOT, "--config-file", str(configuration), **ORDER)

    assert finished.code == 0, finished.output
    [folder] = (tmp_path / "new").iterdir()
    assert b"Copyright (c) Ann\n" in Service(folder).files()["LICENSE"]


@pytest.mark.parametrize(("key", "answer"), [("licence", "GPL"), ("example", "maybe"), ("git", "perhaps")])
def test_cookiecutter_itself_refuses_what_is_no_choice(tmp_path, key, answer):
    finished = cooked(tmp_path, **{key: answer})

    assert finished.code != 0
    assert f"{answer} provided for " in finished.output
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize("author", ["{% raw %}", "{{ cookiecutter.nonsense }}", "{{"])
def test_jinja_on_the_command_line_which_cookiecutter_renders_itself_makes_nothing_if_it_is_wrong(tmp_path, author):
    finished = cooked(tmp_path, author=author)

    assert finished.code != 0
    assert nothing_is_left(tmp_path)


def test_no_answer_is_rendered_twice(tmp_path):
    finished = cooked(tmp_path, author="{{ '{' }}{ 7*7 }{{ '}' }}")

    assert finished.code != 0
    assert "author: '{{ 7*7 }}' has " in finished.output
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize("key", ["project_name", "project_slug", "aggregate", "author"])
def test_none_is_refused_if_a_program_gives_it(tmp_path, key):
    (tmp_path / "new").mkdir()
    program = (
        "from cookiecutter.main import cookiecutter\n"
        f"cookiecutter({str(ROOT)!r}, no_input=True, extra_context={{{key!r}: None}})\n"
    )

    finished = run(NEW / "python", "-c", program, cwd=tmp_path / "new", HOME=str(tmp_path))

    assert finished.code != 0
    assert f"\n  - {key}: None is not a text\n" in finished.output
    assert nothing_is_left(tmp_path)


def test_a_refusal_leaves_an_existing_folder_of_that_name_alone(tmp_path):
    mine = tmp_path / "new/order-service/README.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine\n", encoding="utf-8")

    finished = generate(tmp_path / "new", ROOT, "-f", **{**ORDER, "email": "nobody"})

    assert finished.code != 0
    assert "email: 'nobody' is not an address" in finished.output
    assert Service(mine.parent).files() == {"README.md": b"mine\n"}


def test_a_slug_that_climbs_out_touches_nothing_even_if_told_to_overwrite(tmp_path):
    (tmp_path / "mine.md").write_text("mine\n", encoding="utf-8")
    (tmp_path / "new").mkdir()

    finished = generate(tmp_path / "new", ROOT, "-f", **{**ORDER, "project_slug": ".."})

    assert finished.code != 0
    assert (tmp_path / "mine.md").read_text(encoding="utf-8") == "mine\n"
    assert nothing_is_left(tmp_path)


def test_what_is_harmless_comes_through_cookiecutter_whatever_the_terminal_can_show(tmp_path):
    (tmp_path / "new").mkdir()
    given = ("project_name=🚀 Rocket", "author=Zoë O'Neill 🚀", "email=zoe@example.com", "description='''$HOME %s")

    finished = run(
        *(NEW / "cookiecutter", ROOT, "--no-input", "aggregate=Order", *given),
        cwd=tmp_path / "new",
        HOME=str(tmp_path),
        PYTHONIOENCODING="ascii",
    )

    assert finished.code == 0, finished.output
    files = Service(tmp_path / "new/rocket").files()
    project = tomllib.loads(files["pyproject.toml"].decode())["project"]
    assert project["authors"] == [{"name": "Zoë O'Neill 🚀", "email": "zoe@example.com"}]
    assert project["description"] == "'''$HOME %s"
    assert files["README.md"].decode().startswith("# 🚀 Rocket\n")


def cooked(folder: Path, **answers: str) -> Finished:
    (folder / "new").mkdir()
    return generate(folder / "new", **answers)


def nothing_is_left(folder: Path) -> bool:
    """Whether there is nothing but the output folder, what cookiecutter keeps for itself, and what was there."""
    known = {"new", ".cookiecutters", ".cookiecutter_replay", "mine.md"}
    return not [*(folder / "new").iterdir()] and {path.name for path in folder.iterdir()} <= known
