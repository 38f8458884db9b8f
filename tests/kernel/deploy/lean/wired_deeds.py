"""What can be done with containers, told so that it can be compared."""

from threading import Barrier
from threading import Thread
from typing import Any

from .wired_sample import LINES
from .wired_sample import MAKER
from .wired_sample import Base
from .wired_sample import Container
from .wired_sample import Part


def told(action: Any) -> str:
    """What an action returns, or raises."""
    try:
        result = action()
    except Exception as exc:  # noqa: BLE001  # whatever it is, it has to be the same
        return f"raises {type(exc).__name__}"
    return str(result.told() if isinstance(result, Part) else result)


def overridden(container: Any, name: str, other: Any) -> list[Any]:
    """What a provider provides before, in and after a block in which another one overrides it."""
    provider = getattr(container, name)
    with provider.override(other):
        within = told(provider)
    provider.override("once")
    provider.override("twice")
    twice = told(provider)
    provider.reset_last_overriding()
    once = told(provider)
    provider.reset_override()
    return [within, twice, once, told(provider)]


def in_threads(container: Any) -> int:
    """How many different objects threads are given that ask at the same time."""
    begin, found = Barrier(4), []

    def ask() -> None:
        begin.wait()
        found.append(container.alone())

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len({part.number for part in found})


def reset(container: Any) -> list[bool]:
    before = container.single()
    container.single.reset()
    return [container.single() is before, container.single() is container.single()]


def all_told() -> list[str]:
    """What all of it comes to."""
    one: Any = Container()
    other, given = Container(), Container(choice="second")
    names = [
        name for name in Container.providers if name not in ("alone", "held", "maker", "number", "safe", "waiting")
    ]
    actions = [
        lambda: (sorted(Container.providers), sorted(one.providers), sorted(Base.providers)),
        *[getattr(one, name) for name in names],
        lambda: (one.single() is one.single(), one.single() is other.single(), one.made() is one.made()),
        lambda: one.safe().args[0] is one.single(),
        lambda: one.safe().args[1] is one.single,
        lambda: one.safe().kwargs["lines"] is LINES,
        lambda: one.safe().kwargs["lines"] is other.safe().kwargs["lines"],
        lambda: one.constant() is LINES,
        lambda: one.number() == one.safe().number,
        lambda: one.made("positional", text="by name", keyword=2),
        lambda: one.text.override("overridden") and one.made().kwargs,
        lambda: other.made().kwargs,
        lambda: given.chosen(),
        lambda: given.inherited(),
        lambda: given.chosen() is given.chosen(),
        lambda: one.chosen() is one.chosen(),
        lambda: given.chosen.first(),
        lambda: given.chosen.third,
        lambda: overridden(Container(), "choice", "none of them"),
        lambda: [Container(choice="third").chosen()],
        lambda: [Container(choice=None).chosen()],
        lambda: overridden(Container(), "chosen", Part),
        lambda: overridden(Container(), "upper", 5),
        lambda: overridden(Container(), "number", 5)[:2],
        lambda: one.made.override(one.made),
        lambda: Container().made.reset_last_overriding(),
        lambda: one.made.cls is Part,
        lambda: one.single.cls is Part,
        lambda: one.made.provider() is one.made,
        lambda: in_threads(Container()),
        lambda: (one.maker() is MAKER, one.waiting.provides is MAKER),
        lambda: (one.held() is Base.choice, one.held() is one.choice),
        lambda: reset(Container()),
        lambda: one.not_a_provider,
        lambda: Container.not_a_provider,
        lambda: one.nothing,
        lambda: Container(nothing=1),
        lambda: (Container.single() is Container.single(), Container.single() is one.single()),
        lambda: Container().single().number == Container.single().number,
    ]
    return [told(action) for action in actions]
