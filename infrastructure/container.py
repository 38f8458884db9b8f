"""The composition root: which class stands behind which name, and what it is given."""

import os
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from importlib import import_module
from typing import Any

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable as Call
from dependency_injector.providers import Factory
from dependency_injector.providers import Provider
from dependency_injector.providers import Selector
from dependency_injector.providers import ThreadSafeSingleton
from ulid import ULID

from domain.events import EventBus
from domain.events import EventFactory
from domain.sponsor import SponsorRepository
from domain.team import TeamRepository
from domain.team_size import TeamSizeRepository
from domain.unit_of_work import UnitOfWork
from infrastructure.events.dead_letters import DeadLetters
from infrastructure.events.dead_letters import InMemoryDeadLetters
from infrastructure.events.dead_letters import LogDeadLetters
from infrastructure.events.relay import Relay
from infrastructure.health import CheckLiveness
from infrastructure.health import CheckReadiness
from infrastructure.persistence import Persistence
from infrastructure.settings import Settings
from usecases import players as player_cases
from usecases import sponsors as sponsor_cases
from usecases import team_sizes as team_size_cases
from usecases import teams as team_cases
from usecases import transfers as transfer_cases


def lazily(path: str) -> Callable[..., Any]:
    """The `module:name` of `path`, imported when it is first called, so that nobody pays for an adapter not chosen."""

    def build(*args: Any, **kwargs: Any) -> Any:
        module, _, name = path.partition(":")
        return getattr(import_module(module), name)(*args, **kwargs)

    return build


class Container(DeclarativeContainer):
    """Everything, wired. A test overrides any of it: `container.new_id.override(fake)`."""

    settings: Provider[Settings] = ThreadSafeSingleton(Settings.from_environment, os.environ)

    new_id: Provider[str] = Call(lambda: str(ULID()))
    now: Provider[datetime] = Call(datetime.now, UTC)
    events: Provider[EventFactory] = Factory(EventFactory, new_id.provider, now.provider)
    event_bus: Provider[EventBus] = Selector(
        settings.provided.event_bus_kind,
        log=ThreadSafeSingleton(lazily("infrastructure.events.log:LogEventBus")),
        memory=ThreadSafeSingleton(lazily("infrastructure.events.memory:InMemoryEventBus")),
        eventbridge=ThreadSafeSingleton(lazily("infrastructure.events.eventbridge:create_eventbridge_bus"), settings),
    )
    dead_letters: Provider[DeadLetters] = Selector(
        settings.provided.dead_letters_kind,
        log=ThreadSafeSingleton(LogDeadLetters),
        memory=ThreadSafeSingleton(InMemoryDeadLetters),
        s3=ThreadSafeSingleton(lazily("infrastructure.events.s3:create_s3_dead_letters"), settings),
    )
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

    check_liveness = Factory(CheckLiveness)
    check_readiness = Factory(CheckReadiness, persistence)

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


def use_cases(container: Container) -> dict[type[Any], Callable[[], Any]]:
    """The provider of every use case, by its class."""
    return {factory.cls: factory for factory in container.traverse([Factory])}
