"""What commands say to the person who runs them."""

from rich.console import Console

from infrastructure.kernel.logs import printable

console = Console(stderr=True)


def say(message: str) -> None:
    """Prints one line to stderr, as a terminal may show it."""
    console.print(printable(message), markup=False, highlight=False, soft_wrap=True)
