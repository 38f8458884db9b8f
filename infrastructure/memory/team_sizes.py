"""Team sizes, in memory."""

from domain.team_size import TeamSize
from domain.team_size import TeamSizeRepository
from infrastructure.kernel.memory.repository import InMemoryRepository


class InMemoryTeamSizeRepository(InMemoryRepository[TeamSize], TeamSizeRepository):
    """Stores team sizes in memory."""
