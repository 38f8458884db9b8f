"""Team sizes keep the contract."""

from domain.team_size import TeamSize
from tests.builders.team_sizes import a_team_size
from tests.builders.team_sizes import renamed
from tests.kernel.contracts.repository import RepositoryContract


class TestTeamSizes(RepositoryContract[TeamSize]):
    provider, changed = "team_sizes", staticmethod(renamed)
    make = named = staticmethod(a_team_size)
