"""Every repository of the service is under the contract."""

from infrastructure.container import Container
from tests import contracts
from tests.kernel.contracts.every_repository import without_contract


def test_every_repository_is_under_the_contract(container: Container):
    assert without_contract(container, contracts) == []
