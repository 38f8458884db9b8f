"""The repository port, kept in DynamoDB."""

from domain.kernel.entity import E
from infrastructure.kernel.dynamodb.store import DynamoDBStore
from infrastructure.kernel.repository import StoredRepository


class DynamoDBRepository(StoredRepository[E, DynamoDBStore]):
    """The items of one kind in a table. `type_name` begins their keys; it is never changed once there are some.

    Your own query calls `self._table`, and makes keys and entities with `self._mapper`.
    """

    type_name: str

    def __init__(self, store: DynamoDBStore) -> None:
        super().__init__(store)
        self._table = store.table_of(self.kind)
        self._mapper = store.register(self.kind, self.type_name)
