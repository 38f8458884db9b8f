"""Every repository of the reference is under the contract, as the documents say."""

from infrastructure.container import Container
from tests import contracts
from tests.kernel.contracts.every_repository import without_contract


def test_every_repository_is_under_the_contract(container: Container):
    assert without_contract(container, contracts) == []
