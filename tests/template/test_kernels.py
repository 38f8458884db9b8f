"""Kernels and their tests are the same in every service, so that an update of the template can replace them whole."""

import pytest

from template.example import mentions_example
from template.paths import is_verbatim
from template.renaming import WORD
from template.service import Reference
from tests.template.services import ROOT
from tests.template.services import context

REFERENCE = Reference(ROOT)
HOSTILE = [
    {"project_slug": "kernel", "aggregate": "Specimen", "aggregate_plural": "Specimens"},
    {"project_slug": "tiny-service", "aggregate": "Crate", "aggregate_plural": "Crates"},
    {"project_name": "Football Team Sponsor", "aggregate": "SponsorTeam", "aggregate_plural": "SponsorTeams"},
    {"aggregate": "InternationalShippingManifestDocument", "aggregate_plural": "Papers", "example": True},
    {"aggregate": "X", "aggregate_plural": "Xs", "licence": "Proprietary"},
    {"author": "'''", "description": "$HOME %s", "aggregate": "KernelEntity", "aggregate_plural": "KernelEntities"},
]


def kernels(files):
    return {path: content for path, content in files.items() if is_verbatim(path)}


def test_every_layer_and_the_tests_have_a_kernel():
    rooms = {path.partition("kernel/")[0] for path in kernels(REFERENCE.files()) if "kernel/" in path}

    assert rooms == {"deploy/", "domain/", "usecases/", "infrastructure/", "tests/"}


@pytest.mark.parametrize("answers", HOSTILE, ids=lambda answers: answers["aggregate"])
def test_kernels_are_copied_byte_for_byte_whatever_a_service_is_called(answers):
    made = REFERENCE.service(REFERENCE.answers(context(**answers)))

    assert kernels(made) == kernels(REFERENCE.files())


def test_no_kernel_mentions_the_service_around_it():
    mentions = {
        f"{path}:{number}": line.strip()
        for path, content in kernels(REFERENCE.files()).items()
        if not path.startswith("constraints")
        for number, line in enumerate([path, *content.decode().splitlines()])
        if mentions_example(line) or WORD in line.lower()
    }

    assert mentions == {}
