"""The zip itself, for either architecture."""

import marshal
import shutil
import subprocess
from pathlib import Path
from pathlib import PurePosixPath

import pytest

from deploy.kernel.lambda_zip import PLATFORMS
from deploy.kernel.lambda_zip import TASK
from deploy.kernel.lambda_zip import fill
from deploy.kernel.lambda_zip import packed
from deploy.kernel.lambda_zip import this_architecture
from deploy.kernel.selection import files_in
from deploy.kernel.selection import read_added
from tests.lambda_zip.package import OWN
from tests.lambda_zip.runtime import PYTHON
from tests.lambda_zip.runtime import surroundings

ROOT = Path(__file__).parents[2]
SERVICES = read_added(ROOT).all_services
MACHINES = {"x86_64": 62, "arm64": 183}
"""The `e_machine` of extension modules: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html"""
PYC_HEADER = 16
IMPORTS = """
from importlib import import_module
for name in {modules}:
    try:
        import_module(name)
    except ModuleNotFoundError as exc:
        print(exc.name)
"""


def source_of(compiled: PurePosixPath) -> PurePosixPath:
    """Where the source of a module is, or was."""
    folder = compiled.parent.parent if compiled.parent.name == "__pycache__" else compiled.parent
    return folder / f"{compiled.name.partition('.')[0]}.py"


def ran(package: Path, script: str) -> "subprocess.CompletedProcess[str]":
    """What a script tells that finds the files of the zip, and of ours nothing else."""
    return subprocess.run(
        [PYTHON, "-c", script], cwd=package, env=surroundings(package), capture_output=True, text=True
    )


@pytest.fixture(scope="module", params=PLATFORMS)
def built(request, package, tmp_path_factory):
    """What is in the zip, and for which architecture."""
    if request.param == this_architecture():
        return request.param, package
    tree = tmp_path_factory.mktemp(request.param)
    fill(tree, request.param)
    return request.param, tree


def test_extension_modules_are_of_the_architecture(built):
    architecture, tree = built

    heads = [(tree / path).read_bytes()[:20] for path in files_in(tree) if path.suffix == ".so"]

    assert heads
    assert {int.from_bytes(head[18:20], "little") for head in heads} == {MACHINES[architecture]}


def test_there_is_no_server_no_command_line_and_no_source_of_others(built):
    _, tree = built
    paths = files_in(tree)

    assert {path.parts[0] for path in paths} & {"bin", "boto3", "fastapi", "starlette", "typer", "uvicorn"} == set()
    assert {path.parts[0] for path in paths if path.suffix == ".py"} == set(OWN)
    assert not [path for path in paths if path.is_relative_to("infrastructure/kernel/http")]


def test_byte_code_says_of_every_module_where_it_is_on_lambda(built):
    _, tree = built
    compiled = [path for path in files_in(tree) if path.suffix == ".pyc"]

    said = {marshal.loads((tree / path).read_bytes()[PYC_HEADER:]).co_filename for path in compiled}

    assert said == {f"{TASK}/{source_of(path)}" for path in compiled}


def test_every_module_of_ours_finds_what_it_imports(package):
    sources = [path for path in files_in(package) if path.suffix == ".py"]
    modules = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in sources]
    ended = ran(package, IMPORTS.format(modules=modules))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert set(ended.stdout.split()) <= {"opentelemetry"}  # an extra, which a layer may bring


def test_a_client_can_be_made_of_every_service_that_is_called(package):
    script = f"from botocore.session import get_session as s; [s().create_client(n, 'eu-west-1') for n in {SERVICES}]"

    ended = ran(package, script)

    assert (ended.returncode, ended.stderr) == (0, "")


def test_of_aws_the_services_are_known_that_are_called_and_no_others(package):
    script = "from botocore.session import get_session; print(*get_session().get_available_services())"

    told = ran(package, script)

    assert told.stdout.split() == sorted(SERVICES)


def test_the_same_sources_make_the_same_bytes_in_another_folder(package, tmp_path):
    checkout, tree = tmp_path / "checkout", tmp_path / "tree"
    tree.mkdir()
    for name in OWN:
        shutil.copytree(ROOT / name, checkout / name)
    (checkout / "constraints").mkdir()
    for name in ("pyproject.toml", "constraints/lambda.txt"):
        shutil.copy(ROOT / name, checkout / name)

    fill(tree, this_architecture(), checkout)

    assert packed(tree) == packed(package)
