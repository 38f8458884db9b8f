"""The contract under failure is kept where it can be broken in every way: by an adapter on a server."""

from tests.kernel.contracts.broken.remote_hooks import OnAServer
from tests.kernel.contracts.failures import FailuresContract
from tests.kernel.contracts.quantities import QuantitiesContract
from tests.kernel.contracts.values import ValuesContract


class TestOnAServer(OnAServer, FailuresContract):
    pass


class TestQuantitiesOnAServer(OnAServer, QuantitiesContract):
    pass


class TestValuesOnAServer(OnAServer, ValuesContract):
    pass
