"""What each layer may import."""

import sys

import grimp
import pytest

LAYERS = ("domain", "usecases", "infrastructure")
ALLOWED = {
    "domain": {"domain", "pydantic", "pydantic_core"},
    "usecases": {"domain", "usecases", "pydantic", "tenacity"},
}


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph(*LAYERS, include_external_packages=True, cache_dir=None)


def imported(graph: grimp.ImportGraph, layer: str) -> set[str]:
    """The packages that modules of `layer` import."""
    modules = {layer} | graph.find_descendants(layer)
    return {found.partition(".")[0] for module in modules for found in graph.find_modules_directly_imported_by(module)}


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_the_standard_library_and_the_few_it_is_allowed_and_nothing_else(graph, layer):
    assert imported(graph, layer) - set(sys.stdlib_module_names) - ALLOWED[layer] == set()


def test_an_arrow_only_ever_points_inwards(graph):
    assert not graph.find_illegal_dependencies_for_layers(tuple(reversed(LAYERS)))


def test_the_layers_are_there_to_be_looked_at(graph):
    assert {"domain.value", "usecases.conflicts", "infrastructure.container", "pydantic"} <= graph.modules
    assert "pydantic" in imported(graph, "domain")
