"""What goes into the zip for Lambda, and that it is the same whoever makes it. The zip itself is tested in lambda_zip."""

import os
import re
import sys
from pathlib import Path
from pathlib import PurePosixPath

import pytest

from deploy.kernel import lambda_zip
from deploy.kernel.lambda_zip import NotMade
from deploy.kernel.lambda_zip import compile_all
from deploy.kernel.lambda_zip import packed
from deploy.kernel.lambda_zip import size_of
from deploy.kernel.selection import files_in
from deploy.kernel.selection import is_needed
from deploy.kernel.selection import own_files
from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Misconfigured
from infrastructure.kernel.aws import SERVICES

ROOT = Path(__file__).parents[3]


def pins(name: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9._-]+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def written(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"# {path}\n", encoding="utf-8")
    return root


def test_what_is_shipped_is_what_is_tested():
    for shipped in (pins("constraints/lambda.txt"), pins("constraints/curl.txt")):
        assert shipped
        assert shipped - pins("constraints/dev.txt") == set()


@pytest.mark.parametrize("service", SERVICES)
def test_of_botocore_the_services_that_are_called_are_kept(service):
    assert is_needed(PurePosixPath(f"botocore/data/{service}/2012-08-10/service-2.json.gz"), SERVICES)


@pytest.mark.parametrize(
    "path",
    ["botocore/data/endpoints.json", "botocore/cacert.pem", "pydantic/main.py", "six-1.17.0.dist-info/METADATA"],
)
def test_what_is_needed_is_kept(path):
    assert is_needed(PurePosixPath(path), SERVICES)


@pytest.mark.parametrize(
    "path",
    [
        "bin/jp.py",
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/dynamodb/2012-08-10/examples-1.json",
        "dependency_injector/providers.pyi",
        "six-1.17.0.dist-info/RECORD",
    ],
)
def test_what_nobody_needs_on_lambda_is_left_out(path):
    assert not is_needed(PurePosixPath(path), SERVICES)


def test_of_our_packages_the_modules_are_taken_that_a_handler_may_import(tmp_path):
    modules = ["domain/one.py", "infrastructure/kernel/aws_lambda/api.py", "usecases/one.py"]
    others = [
        "benchmarks/one.py",
        "domain/.hidden.py",
        "domain/__pycache__/one.cpython-311.pyc",
        "domain/one.py.orig",
        "infrastructure/cli.py",
        "infrastructure/kernel/cli.py",
        "infrastructure/kernel/commands.py",
        "infrastructure/kernel/costs/meter.py",
        "infrastructure/kernel/http/app.py",
        "infrastructure/kernel/store_commands.py",
        "infrastructure/kernel/terminal.py",
        "tests/test_one.py",
    ]
    root = written(tmp_path, *modules, *others)
    (root / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())

    assert own_files(root, ("*.py",)) == [PurePosixPath(path) for path in modules]


def test_files_that_a_service_reads_at_run_time_are_taken_if_it_says_so(tmp_path):
    root = written(tmp_path, "domain/one.py", "domain/names.json", "tests/names.json")
    (root / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())

    taken = own_files(root, ("*.py", "*.json"))

    assert taken == [PurePosixPath("domain/names.json"), PurePosixPath("domain/one.py")]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Makes the files for Lambda of a project with one module, one file beside it and that `zip.toml`."""
    root = written(tmp_path / "project", "domain/one.py", "domain/names.json", "deploy/zip.toml")
    (root / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())

    def install(pins: Path, tree: Path, platform: str) -> None:
        written(
            tree, *(f"botocore/data/{service}/2012-11-05/service-2.json.gz" for service in (*SERVICES, "sqs", "sns"))
        )

    monkeypatch.setattr(lambda_zip, "install", install)
    monkeypatch.setattr(lambda_zip, "trim", lambda tree: None)

    def project(added: str) -> set[str]:
        (root / "deploy" / "zip.toml").write_text(added, encoding="utf-8")
        tree = tmp_path / "tree"
        tree.mkdir()
        lambda_zip.fill(tree, "arm64", root)
        return {path.as_posix() for path in files_in(tree)}

    return project


def test_a_service_names_what_its_code_calls_and_reads(project):
    files = project('services = ["sqs"]\nfiles = ["*.json"]')

    assert "domain/names.json" in files
    assert {PurePosixPath(path).parts[2] for path in files if path.startswith("botocore")} == {*SERVICES, "sqs"}


@pytest.mark.parametrize(
    ("added", "error", "said"),
    [
        ('services = ["sqqs"]', NotMade, "deploy/zip.toml services: botocore knows no service 'sqqs'"),
        ('services = [""]', NotMade, "deploy/zip.toml services: botocore knows no service ''"),
        ('files = ["*.jsn"]', NotMade, "deploy/zip.toml files: no file of your packages matches '*.jsn'"),
        ('service = ["sqs"]', InvalidArgument, "deploy/zip.toml service: "),
        ('services = "sqs"', InvalidArgument, "deploy/zip.toml services: "),
        ("services = [", Misconfigured, "deploy/zip.toml cannot be read: "),
    ],
)
def test_a_wrong_name_in_it_is_refused(project, added, error, said):
    with pytest.raises(error, match=f"^{re.escape(said)}"):
        project(added)


def test_the_same_files_make_the_same_bytes_wherever_and_whenever(tmp_path):
    first = written(tmp_path / "first", "a.py", "b/c.py")
    second = written(tmp_path / "second", "b/c.py", "a.py")
    os.utime(second / "a.py", (0, 0))
    (second / "a.py").chmod(0o600)

    assert packed(first) == packed(second)
    assert packed(first) != packed(written(tmp_path / "third", "a.py", "b/d.py"))


def test_more_than_lambda_takes_is_refused(tmp_path, monkeypatch):
    tree = written(tmp_path, "a.py")
    monkeypatch.setattr(lambda_zip, "LIMIT", 7)

    with pytest.raises(NotMade, match=r"unzipped it has 0\.0 MB, and Lambda takes less"):
        size_of(tree)


def test_a_module_that_does_not_compile_is_refused(tmp_path, capfd):
    (tmp_path / "broken.py").write_text("def", encoding="utf-8")

    with pytest.raises(NotMade, match="not all modules compile"):
        compile_all(tmp_path, ["broken.py"])
    assert "broken.py" in capfd.readouterr().out


def test_an_architecture_that_lambda_has_not_is_refused_by_name(capsys):
    with pytest.raises(SystemExit) as ended:
        lambda_zip.main(["--arch", "sparc"])

    assert ended.value.code == 2
    assert "invalid choice: 'sparc'" in capsys.readouterr().err


def test_libcurl_is_refused_where_lambda_could_not_load_it(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 11))

    with pytest.raises(SystemExit, match=r"libcurl needs Python 3\.12 or later"):
        lambda_zip.main(["--arch", "arm64", "--curl"])


@pytest.mark.parametrize("error", [NotMade, Misconfigured])
def test_why_no_zip_was_made_is_said_in_a_line(monkeypatch, error):
    def fill(tree: Path, arch: str, *, curl: bool) -> None:
        raise error(f"nothing for {arch}")

    monkeypatch.setattr(lambda_zip, "fill", fill)

    with pytest.raises(SystemExit) as ended:
        lambda_zip.main(["--arch", "arm64"])

    assert ended.value.code == "No zip was made: nothing for arm64"
