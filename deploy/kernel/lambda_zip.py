"""Makes `dist/lambda-<arch>.zip`, which AWS Lambda runs: our packages, what they depend on, and nothing else.

The runtime is that of the Python which makes it. The same files make the same bytes, wherever and whenever, on either
architecture; but another release of Python may compile, and another zlib may compress, to other bytes.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED
from zipfile import ZipFile
from zipfile import ZipInfo

from deploy.kernel.selection import ADDED
from deploy.kernel.selection import files_in
from deploy.kernel.selection import is_needed
from deploy.kernel.selection import own_files
from deploy.kernel.selection import read_added
from deploy.kernel.selection import service_of
from deploy.kernel.trimming import trim
from domain.kernel.errors import ServiceError

ROOT = Path(__file__).parents[2]
PINS = "constraints/lambda.txt"
CURL_PINS = "constraints/curl.txt"
PYTHON = f"3.{sys.version_info.minor}"

PLATFORMS = {"arm64": "manylinux2014_aarch64", "x86_64": "manylinux2014_x86_64"}
"""The wheels that are taken for each architecture. They need glibc 2.17, and Amazon Linux 2 has 2.26."""

CURL_PLATFORMS = {"arm64": "manylinux_2_28_aarch64", "x86_64": "manylinux_2_28_x86_64"}
"""Those of libcurl. They need glibc 2.28, and Lambda has that, Amazon Linux 2023, from Python 3.12 on."""
CURL_SINCE = (3, 12)
CURL_FOLDER = "infrastructure/kernel/dynamodb/curl"

MB = 1024 * 1024
LIMIT = 250 * MB
"""Lambda takes what is smaller than this unzipped. A zip above 50 MB has to be uploaded by way of S3.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

TASK = "/var/task"
"""Where Lambda unzips it, and so where byte code says that it is from."""


class NotMade(Exception):
    """There is no zip, and why not."""


@dataclass(frozen=True)
class Made:
    """A zip, and where it is, relative to the root of the project."""

    path: Path
    zipped: bytes
    unzipped_size: int


Change = Callable[[Path], None]
"""What is done to a tree before it is zipped."""


def unchanged(tree: Path) -> None:
    """Leaves it as it is."""


def main(arguments: Sequence[str] | None = None, *, change: Change = unchanged) -> None:
    """Makes the zip, and prints its path, sizes and digest. Exits with 1 and a line that says why if it cannot."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.kernel.lambda_zip", description="Makes dist/lambda-<arch>.zip."
    )
    parser.add_argument("--arch", choices=PLATFORMS, default="arm64", help="of the Lambda function (default: arm64)")
    parser.add_argument("--curl", action="store_true", help="with libcurl, for the transport `curl`")
    asked = parser.parse_args(arguments)
    arch: str = asked.arch
    if asked.curl and sys.version_info < CURL_SINCE:
        sys.exit(f"No zip was made: libcurl needs Python 3.12 or later on Lambda, and this is {PYTHON}")
    try:
        made = make(arch, change, curl=asked.curl)
    except (NotMade, ServiceError) as exc:
        sys.exit(f"No zip was made: {exc}")
    print(made.path)
    print(f"  runtime  python{PYTHON}, {arch}")
    print(f"  size     {len(made.zipped) / MB:.1f} MB, unzipped {made.unzipped_size / MB:.1f} MB")
    print(f"  sha256   {hashlib.sha256(made.zipped).hexdigest()}")


def this_architecture() -> str:
    """That of this machine, as Lambda calls it."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def make(arch: str, change: Change = unchanged, *, curl: bool = False) -> Made:
    """Makes the zip for `arch` and this Python, in `dist`, after that change; with libcurl, if it is asked for.

    Raises:
        InvalidArgument: `deploy/zip.toml` breaks a rule.
        Misconfigured: it cannot be read.
        NotMade: a dependency has no wheel, something does not compile, or Lambda would not take it; or `zip.toml` names
            a service or a file that is not there.
    """
    with TemporaryDirectory() as folder:
        tree = Path(folder)
        fill(tree, arch, curl=curl)
        change(tree)
        made = Made(Path("dist", f"lambda-{arch}.zip"), packed(tree), size_of(tree))
    (ROOT / made.path).parent.mkdir(exist_ok=True)
    (ROOT / made.path).write_bytes(made.zipped)
    return made


def fill(tree: Path, arch: str, root: Path = ROOT, *, curl: bool = False) -> None:
    """Puts into the empty folder `tree` all that is zipped.

    Dependencies come as byte code alone. Our packages keep their sources, for the lines in tracebacks.

    Raises:
        InvalidArgument: `deploy/zip.toml` breaks a rule.
        Misconfigured: it cannot be read.
        NotMade: a dependency has no wheel for `arch` and this Python, or something does not compile; or `zip.toml` names
            a service or a file that is not there.
    """
    added = read_added(root)
    for pattern in added.files:
        if not own_files(root, (pattern,)):
            raise NotMade(f"{ADDED.as_posix()} files: no file of your packages matches {pattern!r}")
    install(root / PINS, tree, PLATFORMS[arch])
    if curl:
        install(root / CURL_PINS, tree, CURL_PLATFORMS[arch])
    installed = files_in(tree)
    known = {service_of(path) for path in installed}
    for service in added.services:
        if service not in known:
            raise NotMade(f"{ADDED.as_posix()} services: botocore knows no service {service!r}")
    for path in installed:
        if not is_needed(path, added.all_services):
            (tree / path).unlink()
    trim(tree)
    compile_all(tree, sorted(path.name for path in tree.iterdir()), "-b")
    for path in files_in(tree):
        if path.suffix == ".py":
            (tree / path).unlink()
    own = own_files(root, ("*.py", *added.files))
    ours = [path for path in own if curl or not path.is_relative_to(CURL_FOLDER)]
    for path in ours:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, tree / path)
    compile_all(tree, sorted({path.parts[0] for path in ours}))


def install(pins: Path, tree: Path, platform: str) -> None:
    """Installs what is pinned into `tree`, from wheels published for `platform`, whatever this machine is.

    Raises:
        NotMade: pip could not; it has printed why.
    """
    selected = [f"--platform={platform}", f"--python-version={PYTHON}", "--implementation=cp"]
    selected += ["--only-binary=:all:", "--require-hashes", f"--requirement={pins}"]
    quietly = ["--no-compile", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", f"--target={tree}", *selected, *quietly]
    if subprocess.run(command).returncode != 0:
        raise NotMade(f"pip cannot install {pins.name} for {platform} and Python {PYTHON}")


def compile_all(tree: Path, names: Sequence[str], *options: str) -> None:
    """Compiles `names`, folders and modules of `tree`, as if they were on Lambda; `-b` puts `x.pyc` beside `x.py`.

    Raises:
        NotMade: one of them does not compile; which one was printed.
    """
    # Byte code depends on what the process has in memory: hence no site-packages, and no random hashes.
    python = [sys.executable, "-S", "-s", "-m", "compileall", "-q", "-f", "--invalidation-mode=unchecked-hash"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [*python, *options, "-p", TASK, *names]
    if subprocess.run(command, cwd=tree, env={**environment, "PYTHONHASHSEED": "0"}).returncode != 0:
        raise NotMade("not all modules compile")


def size_of(tree: Path) -> int:
    """How many bytes there are in `tree`.

    Raises:
        NotMade: more than Lambda takes.
    """
    size = sum((tree / path).stat().st_size for path in files_in(tree))
    if size >= LIMIT:
        raise NotMade(f"unzipped it has {size / MB:.1f} MB, and Lambda takes less than {LIMIT // MB} MB")
    return size


def packed(tree: Path) -> bytes:
    """A zip of `tree` in which nothing tells when, where or by whom it was made."""
    zipped = BytesIO()
    with ZipFile(zipped, "w") as archive:
        for path in files_in(tree):
            member = ZipInfo(path.as_posix(), date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # Unix, also where it was made on another system; Lambda needs the permissions.
            member.external_attr = 0o100644 << 16
            archive.writestr(member, (tree / path).read_bytes(), compress_type=ZIP_DEFLATED, compresslevel=9)
    return zipped.getvalue()


if __name__ == "__main__":
    main()
