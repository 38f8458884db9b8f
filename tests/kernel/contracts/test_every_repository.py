"""A repository without a contract is found out."""

from tests.kernel import builders
from tests.kernel import contracts
from tests.kernel.contracts.every_repository import without_contract
from tests.kernel.service.container import Container


def test_every_repository_is_under_the_contract(container: Container):
    assert without_contract(container, contracts) == []


def test_a_repository_that_no_contract_covers_is_named(container: Container):
    repositories = container.persistence().repositories()

    assert repositories
    assert without_contract(container, builders) == [type(repository).__name__ for repository in repositories]
