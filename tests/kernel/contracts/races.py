"""What is promised when several threads write at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from domain.kernel.entity import E
from domain.kernel.errors import Conflict
from tests.kernel.contracts.base import Contract


def race(work: Callable[[Any], Any], arguments: Any) -> list[Any]:
    """What `work` returned or raised for each argument, all of them begun at once."""
    with ThreadPoolExecutor(len(arguments)) as threads:
        futures = [threads.submit(work, argument) for argument in arguments]
        return [future.exception() or future.result() for future in futures]


class RacesContract(Contract[E]):
    """What is promised of racing writes."""

    def test_of_two_racing_additions_of_one_id_one_wins(self, repository):
        for _ in range(5):
            entity = self.make()
            rivals = (entity, self.changed(entity))

            outcomes = race(lambda rival: repository.add(rival), rivals)

            [winner] = [outcome for outcome in outcomes if isinstance(outcome, repository.kind)]
            assert sorted(type(outcome).__name__ for outcome in outcomes if outcome is not winner) == ["AlreadyExists"]
            assert repository.get(entity.id, consistent=True) == winner

    def test_racing_saves_lose_no_update(self, repository, stored):
        def save_five_times(_: int) -> None:
            saved = 0
            while saved < 5:
                try:
                    repository.save(repository.get(stored.id, consistent=True))
                    saved += 1
                except Conflict:
                    continue

        race(save_five_times, range(4))

        assert repository.get(stored.id, consistent=True).version == 1 + 4 * 5
