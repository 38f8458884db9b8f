"""The composition root: which class stands behind which name, and what it is given."""

import os
from datetime import UTC
from datetime import datetime

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable as Call
from dependency_injector.providers import Factory
from dependency_injector.providers import Provider
from dependency_injector.providers import Selector
from dependency_injector.providers import ThreadSafeSingleton

from domain.kernel.events import EventBus
from domain.kernel.events import EventFactory
from domain.kernel.unit_of_work import UnitOfWork
from domain.sponsor import SponsorRepository
from domain.team import TeamRepository
from domain.team_size import TeamSizeRepository
from infrastructure.kernel.events.dead_letters import DeadLetters
from infrastructure.kernel.events.relay import Relay
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.wiring import create_dead_letters
from infrastructure.kernel.wiring import create_event_bus
from infrastructure.kernel.wiring import lazily
from infrastructure.kernel.wiring import new_id
from infrastructure.settings import Settings
from usecases import players as player_cases
from usecases import sponsors as sponsor_cases
from usecases import team_sizes as team_size_cases
from usecases import teams as team_cases
from usecases import transfers as transfer_cases


class Container(DeclarativeContainer):
    """Everything, wired. A test overrides any of it: `container.new_id.override(fake)`."""

    settings: Provider[Settings] = ThreadSafeSingleton(Settings.from_environment, os.environ)

    new_id: Provider[str] = Call(new_id)
    now: Provider[datetime] = Call(datetime.now, UTC)
    events: Provider[EventFactory] = Factory(EventFactory, new_id.provider, now.provider)
    event_bus: Provider[EventBus] = ThreadSafeSingleton(create_event_bus, settings)
    dead_letters: Provider[DeadLetters] = ThreadSafeSingleton(create_dead_letters, settings)
    relay: Provider[Relay] = ThreadSafeSingleton(Relay, event_bus, dead_letters)

    persistence: Provider[Persistence] = Selector(
        settings.provided.persistence,
        memory=ThreadSafeSingleton(lazily("infrastructure.memory.persistence:InMemoryPersistence"), relay),
        dynamodb=ThreadSafeSingleton(
            lazily("infrastructure.dynamodb.persistence:DynamoDBPersistence"), settings, now.provider
        ),
    )
    unit_of_work: Provider[UnitOfWork] = persistence.provided.unit_of_work.call()
    sponsors: Provider[SponsorRepository] = persistence.provided.sponsors
    teams: Provider[TeamRepository] = persistence.provided.teams
    team_sizes: Provider[TeamSizeRepository] = persistence.provided.team_sizes

    create_sponsor = Factory(sponsor_cases.CreateSponsor, sponsors, events, new_id.provider)
    import_sponsor = Factory(sponsor_cases.ImportSponsor, sponsors, events)
    get_sponsor = Factory(sponsor_cases.GetSponsor, sponsors)
    list_sponsors = Factory(sponsor_cases.ListSponsors, sponsors)
    rename_sponsor = Factory(sponsor_cases.RenameSponsor, sponsors, events)
    remove_sponsor = Factory(sponsor_cases.RemoveSponsor, sponsors, events)

    create_team = Factory(team_cases.CreateTeam, teams, events, new_id.provider)
    import_team = Factory(team_cases.ImportTeam, teams, events)
    get_team = Factory(team_cases.GetTeam, teams)
    look_up_teams = Factory(team_cases.LookUpTeams, teams)
    list_teams = Factory(team_cases.ListTeams, teams)
    rename_team = Factory(team_cases.RenameTeam, teams, events)
    disband_team = Factory(team_cases.DisbandTeam, teams, events)
    sign_player = Factory(player_cases.SignPlayer, teams, events, new_id.provider)
    move_player = Factory(player_cases.MovePlayer, teams, events)
    release_player = Factory(player_cases.ReleasePlayer, teams, events)
    transfer_player = Factory(transfer_cases.TransferPlayer, unit_of_work.provider, events, new_id.provider)
    count_players = Factory(team_size_cases.CountPlayers, unit_of_work.provider, now.provider)
