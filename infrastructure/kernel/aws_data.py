"""Less of botocore's data at each start: of one service, and of no endpoint that follows from its region."""

from collections.abc import Mapping
from typing import Any

from botocore.loaders import Loader
from botocore.session import Session

_OTHERWISE = ("data_path", "use_dualstack_endpoint", "use_fips_endpoint")
"""Settings of AWS's own under which this is not so, or other data is meant."""
REGIONAL = {"dynamodb", "dynamodbstreams", "events"}
"""Services that have in each region the endpoint that its partition says, and sign by it."""


def create_session(service: str) -> Session:
    """A session to make a client of that service with. It loads less if that is a regional one.

    Raises:
        BotoCoreError: the profile that AWS's own variables name is not there.
    """
    session = Session()
    if service in REGIONAL and not any(map(session.get_config_variable, _OTHERWISE)):
        return _RegionalSession(service, session)
    return session


class _RegionalSession(Session):
    """A session for one client. Its credentials are those of `whole`, because they may take clients of other services."""

    def __init__(self, service: str, whole: Session) -> None:
        super().__init__()
        self.register_component("data_loader", RegionalData(service))
        self._whole = whole

    def get_credentials(self) -> Any:
        return self._whole.get_credentials()


class RegionalData(Loader):
    """Loads data of one regional service.

    botocore's own loader looks for the service in 440 folders, and reads the endpoints of all. Both take longer than
    the rest of the making of a client.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def list_available_services(self, type_name: str) -> list[str]:
        return [self._service]

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        if name != "endpoints":
            loaded: tuple[Any, str] = super().load_data_with_path(name)
            return loaded
        data, path = super().load_data_with_path("partitions")
        return {"version": 3, "partitions": [_partition(partition) for partition in data["partitions"]]}, path


def _partition(partition: Mapping[str, Any]) -> dict[str, Any]:
    """A partition as the list of endpoints has it, without any service."""
    hostname = "{service}.{region}.{dnsSuffix}"
    return {
        "partition": partition["id"],
        "regionRegex": partition["regionRegex"],
        "dnsSuffix": partition["outputs"]["dnsSuffix"],
        "regions": partition["regions"],
        "services": {},
        "defaults": {"hostname": hostname, "protocols": ["https"], "signatureVersions": ["v4"]},
    }
