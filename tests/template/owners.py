"""An owner: edits a generated service as owners do, and runs its tests."""

import ast
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from template.aggregate import add
from template.generate import draft
from template.names import Name
from template.paths import WIRING
from template.service import Reference
from template.source import RECORD
from template.source import Source
from tests.template.services import ROOT
from tests.template.services import Service
from tests.template.services import context

REFERENCE = Reference(ROOT)
ORDER = Name("Order", "Orders")


@dataclass(frozen=True)
class Outcome:
    """How the tests of a service ended."""

    passed: int
    failed: Mapping[str, tuple[str, ...]]
    """What those that failed print, by the paths of their files."""

    def failed_elsewhere(self, name: Name) -> dict[str, tuple[str, ...]]:
        """Those whose path does not have the name of the aggregate."""
        forms = [name.form("snake", plural=plural) for plural in (False, True)]
        return {path: texts for path, texts in self.failed.items() if not any(form in path for form in forms)}


class Owner(Service):
    """The owner of a service."""

    def edit(self, path: str, old: str, new: str) -> None:
        """Puts `new` in the place of `old`, wherever that stands in a file."""
        text = self.read(path)
        assert old in text, f"{path} has no {old!r}"
        (self.folder / path).write_text(text.replace(old, new), encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def drop(self, path: str, *names: str) -> None:
        """Deletes the definitions of these names at the top of a module, or in a class there; and what imports them."""
        lines = self.read(path).splitlines(keepends=True)
        for node in ast.walk(ast.parse("".join(lines))):
            if _defined(node) & {*names}:
                assert isinstance(node, ast.stmt)
                decorators = [decorator.lineno for decorator in getattr(node, "decorator_list", [])]
                for line in range(min([node.lineno, *decorators]) - 1, node.end_lineno or node.lineno):
                    lines[line] = ""
        (self.folder / path).write_text("".join(lines), encoding="utf-8")

    def drop_lines(self, path: str, *words: str) -> None:
        """Deletes the lines that have one of these words in them."""
        lines = self.read(path).splitlines(keepends=True)
        kept = [line for line in lines if not any(word in line for word in words)]
        assert kept != lines, f"{path} has none of {words}"
        (self.folder / path).write_text("".join(kept), encoding="utf-8")

    def drop_endpoint(self, path: str, use_case: str) -> None:
        """Deletes the endpoint of a use case."""
        source = self.read(path)
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
        [endpoint] = [call for call in calls if f".{use_case}" in (ast.get_source_segment(source, call) or "")]
        lines = source.splitlines(keepends=True)
        del lines[endpoint.lineno - 1 : endpoint.end_lineno]
        (self.folder / path).write_text("".join(lines), encoding="utf-8")

    def drop_tests(self, path: str, *words: str) -> None:
        """Deletes the tests that have one of these words in them, and what is imported of these names."""
        source = self.read(path)
        tests = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
        dropped = [
            test.name
            for test in tests
            if test.name.startswith("test_") and any(word in (ast.unparse(test)) for word in words)
        ]
        assert dropped, f"{path} has no test of {words}"
        self.drop(path, *dropped, *words)

    def delete(self, *paths: str) -> None:
        """Deletes files and folders."""
        for path in paths:
            target = self.folder / path
            shutil.rmtree(target) if target.is_dir() else target.unlink()

    def drop_aggregate(self, name: Name) -> None:
        """Deletes the files that are named after an aggregate, and every line of it elsewhere."""
        one, many = (name.form("snake", plural=plural) for plural in (False, True))
        for path in self.owned():
            if one in Path(path).stem or many in Path(path).stem:
                (self.folder / path).unlink()
        for path in WIRING:
            self.drop_lines(path, one, name.singular)

    def owned(self) -> list[str]:
        """The Python files that are the owner's."""
        return [path for path in self.files() if path.endswith(".py") and "/kernel/" not in path]

    def add(self, name: Name) -> None:
        """What `make aggregate` does."""
        add(REFERENCE, self.folder, name)

    def test(self, *arguments: str, adapters: str = "memory") -> Outcome:
        """Runs the tests that `make test` runs, or those that are named."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report.xml")
            ran = self.run(
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1"),
                *(f"--junit-xml={report}", *(arguments or ("--ignore", "tests/kernel"))),
                TEST_ADAPTERS=adapters,
            )
            assert report.exists(), ran.output
            cases = [*ET.parse(report).getroot().iter("testcase")]
        failed: dict[str, tuple[str, ...]] = {}
        for case in cases:
            texts = tuple(
                f"{found.get('message')}\n{found.text}" for found in case if found.tag in {"failure", "error"}
            )
            if texts:
                path = _path_of(case.get("classname") or case.get("name") or "")
                failed[path] = failed.get(path, ()) + texts
        return Outcome(len(cases) - sum(map(len, failed.values())), failed)


def _path_of(classname: str) -> str:
    """The module of a test: without the class, which may be named after the aggregate too."""
    return "/".join(takewhile(lambda part: not part.startswith("Test"), classname.split("."))) + ".py"


def _defined(node: ast.AST) -> set[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return {name}
        case ast.ImportFrom(names=[ast.alias(name=name)]):
            return {name}
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def owner_of(folder: Path, *others: Name) -> Owner:
    """A service with orders, and with other aggregates that `make aggregate` has added."""
    given = context(project_name="Shop", project_slug="shop", description="A shop.")
    files = REFERENCE.service(REFERENCE.answers(given))
    files[RECORD] = Source.of(ROOT, given).record(REFERENCE.answers(given).recorded()).encode()
    assert draft(files, folder) is None
    owner = Owner(folder)
    for other in others:
        owner.add(other)
    return owner


def copied(owner: Owner, folder: Path) -> Owner:
    """The same service, to be edited alone."""
    shutil.copytree(owner.folder, folder, dirs_exist_ok=True)
    return Owner(folder)
