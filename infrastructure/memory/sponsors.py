"""Sponsors, in memory."""

from domain.sponsor import Sponsor
from domain.sponsor import SponsorRepository
from infrastructure.kernel.memory.repository import InMemoryRepository


class InMemorySponsorRepository(InMemoryRepository[Sponsor], SponsorRepository):
    """Stores sponsors in memory."""
