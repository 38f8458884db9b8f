"""Teams, in memory."""

from domain.team import Team
from domain.team import TeamRepository
from infrastructure.kernel.memory.repository import InMemoryRepository


class InMemoryTeamRepository(InMemoryRepository[Team], TeamRepository):
    """Stores teams in memory."""
