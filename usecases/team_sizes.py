"""What follows from the events of teams."""

from domain.kernel.errors import NotFound
from domain.kernel.events import Event
from domain.kernel.unit_of_work import UnitOfWork
from domain.team_size import EVENTS
from domain.team_size import TeamSize
from usecases.kernel.consumers import Consumer


class CountPlayers(Consumer):
    """Keeps the number of players of every team."""

    name = "count-players"
    handles = EVENTS

    def apply(self, event: Event, work: UnitOfWork) -> None:
        sizes = work.of(TeamSize)
        try:
            size = sizes.get(event.aggregate_id)
        except NotFound:
            sizes.add(TeamSize(id=event.aggregate_id).after(event))
        else:
            sizes.save(size.after(event))
