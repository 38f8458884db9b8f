"""What the kernel of each layer may import."""

import re
import sys
from pathlib import Path

import grimp
import pytest

import domain.kernel

STORES = r"dynamo|\baws\b|amazon|\bS3\b|\bboto"
LAYERS = ("domain", "usecases", "infrastructure")
KERNELS = tuple(f"{layer}.kernel" for layer in LAYERS)
ALLOWED = {
    "domain.kernel": {"domain", "pydantic", "pydantic_core"},
    "usecases.kernel": {"domain", "usecases", "pydantic", "tenacity"},
}


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph(*LAYERS, include_external_packages=True, cache_dir=None)


def imported(graph: grimp.ImportGraph, kernel: str) -> set[str]:
    """The modules that modules of `kernel` import."""
    modules = {kernel} | graph.find_descendants(kernel)
    return {found for module in modules for found in graph.find_modules_directly_imported_by(module)}


@pytest.mark.parametrize("kernel", ALLOWED)
def test_a_kernel_imports_the_standard_library_and_the_few_it_is_allowed_and_nothing_else(graph, kernel):
    packages = {module.partition(".")[0] for module in imported(graph, kernel)}

    assert packages - set(sys.stdlib_module_names) - ALLOWED[kernel] == set()


@pytest.mark.parametrize("kernel", KERNELS)
def test_of_the_layers_a_kernel_imports_kernels_only(graph, kernel):
    of_the_layers = {module for module in imported(graph, kernel) if module.partition(".")[0] in LAYERS}

    assert {module for module in of_the_layers if not f"{module}.".startswith(tuple(f"{k}." for k in KERNELS))} == set()


def test_an_arrow_only_ever_points_inwards(graph):
    assert not graph.find_illegal_dependencies_for_layers(tuple(reversed(KERNELS)))


def test_the_kernels_are_there_to_be_looked_at(graph):
    assert {"domain.kernel.value", "usecases.kernel.conflicts", "infrastructure.kernel.wiring"} <= graph.modules
    assert "pydantic" in imported(graph, "domain.kernel")


def test_the_kernel_of_the_domain_names_no_store():
    folder = Path(domain.kernel.__file__).parent

    named = [path.name for path in folder.rglob("*.py") if re.search(STORES, path.read_text(), re.IGNORECASE)]

    assert named == []
