"""Teams keep the contract."""

from domain.team import Team
from tests.builders.teams import a_team
from tests.builders.teams import renamed
from tests.kernel.contracts.repository import RepositoryContract


class TestTeams(RepositoryContract[Team]):
    provider, changed = "teams", staticmethod(renamed)
    make = named = staticmethod(a_team)
