"""Whether this is the only service in its environment."""

from functools import cache
from importlib.metadata import distributions

from domain.kernel.errors import Misconfigured

_PACKAGE = "infrastructure"


def require_only_service() -> None:
    """Passes unless another installed distribution has our packages, too.

    All services that are made from the template have packages of the same names: the one that was installed last would
    run as all of them, with its own settings and table. A zip for Lambda holds one service, so handlers do not check.

    Raises:
        Misconfigured: names all of them.
    """
    services = _services()
    if len(services) > 1:
        raise Misconfigured(
            f"{' and '.join(services)} are installed in one environment, and replace each other's code: "
            "give each an environment of its own"
        )


@cache
def _services() -> list[str]:
    """The installed distributions with a package, or a command in a package, of that name; 15 ms for 100 of them.

    (`packages_distributions()` takes ten times as long, and knows nothing of those that are installed as editable.)
    """
    return sorted(
        {
            each.name
            for each in distributions()
            if f"\n{_PACKAGE}/" in f"\n{each.read_text('RECORD')}"
            or f"= {_PACKAGE}." in (each.read_text("entry_points.txt") or "")
        }
    )
