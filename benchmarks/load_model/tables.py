"""What the model says, as the tables of docs/scaling.md."""

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from benchmarks.load_model import bulk
from benchmarks.load_model import limits
from benchmarks.load_model import relaying
from benchmarks.load_model.limits import Limit
from benchmarks.load_model.paper import TEMPLATE
from benchmarks.load_model.paper import Ceiling
from benchmarks.load_model.paper import carries
from benchmarks.load_model.paper import ceilings
from benchmarks.load_model.paper import steps
from benchmarks.load_model.scenarios import AFTER
from benchmarks.load_model.scenarios import BEFORE
from benchmarks.load_model.scenarios import SCENARIOS
from benchmarks.load_model.scenarios import SIZES
from benchmarks.load_model.scenarios import Scenario
from benchmarks.load_model.scenarios import fitted
from benchmarks.load_model.scenarios import sized
from benchmarks.load_model.service import Load
from benchmarks.load_model.service import Service
from benchmarks.load_model.simulation import simulated


def blocks() -> dict[str, str]:
    """The tables, by the names of their blocks."""
    return {
        "sizes": _sizes(),
        "growth": turns(Service(AFTER, fitted(BEFORE).stack)),
        "uses": _uses(),
        "limits": _limits(),
        "relay": _relay(),
        "behind": _behind(),
        "bulk": _bulk(),
        "simulated": table(SIMULATED, [simulation(each) for each in SCENARIOS]),
    }


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown."""
    head = list(head)
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def all_of(service: Service) -> str:
    """Every ceiling of a service, the most used first."""
    return table(
        ("ceiling", "asked for", "there is", "use", "source"),
        (
            (each.name, f"{short(each.demand)} {each.unit}", short(each.limit), share(each.use), each.source)
            for each in ceilings(service)
        ),
    )


def turns(service: Service) -> str:
    """What has to be turned, one after the other."""
    return table(("ceiling", "use", "turn"), ((each.name, share(each.use), each.advice) for each in steps(service)[0]))


SIMULATED = (
    "",
    "writes throttled",
    "by",
    "records that wait at the end",
    "oldest one, at most",
    "functions at once, at most",
)


def simulation(scenario: Scenario) -> list[str]:
    """What a simulation shows, in the columns of `SIMULATED`."""
    told = simulated(scenario.service, scenario.run)
    causes = [cause for cause, _ in told.throttled.most_common() if told.share(cause) >= 0.0005]
    return [
        scenario.title,
        share(told.share()),
        ", ".join(causes),
        short(told.backlog),
        time(told.worst),
        short(told.at_once),
    ]


def _sizes() -> str:
    rows = []
    for writes, items in SIZES:
        service = sized(writes, items)
        every, (taken, after) = ceilings(service), steps(service)
        of_aws = next(each for each in every if each.source != TEMPLATE)
        rows.append(
            [
                short(writes),
                short(items),
                *(f"{each.name} ({share(each.use)})" for each in (every[0], of_aws)),
                ", ".join(each.advice for each in taken) or "nothing",
                f"{short(carries(after))} writes/s; {_next(after).name}",
            ]
        )
    head = ("writes/s", "items", "first ceiling, used", "first one of AWS, used", "turn", "then up to; next ceiling")
    return table(head, rows)


def _next(service: Service) -> Ceiling:
    """The ceiling that is reached first when the load of `service` grows."""
    factor = carries(service) / service.load.writes
    return ceilings(replace(service, load=service.load.times(factor)))[0]


def _uses() -> str:
    used = [{each.name: share(each.use) for each in ceilings(sized(*size))} for size in SIZES]
    head = ("ceiling", *(f"{short(writes)} writes/s, {short(items)} items" for writes, items in SIZES))
    return table(head, ([name, *(each[name] for each in used)] for name in sorted(used[0])))


def _limits() -> str:
    every = [each for each in vars(limits).values() if isinstance(each, Limit)]
    return table(("limit", "what it counts", "source"), ((f"{each.number:,}", each.unit, link(each)) for each in every))


def link(limit: Limit) -> str:
    """The page of AWS, named by its file."""
    name = limit.source.rstrip("/").rpartition("/")[2].removesuffix(".html")
    return f"[{name if len(name) < 40 else 'AWS blog'}]({limit.source})"


def _relay() -> str:
    factors = (1, 2, 4, 10)
    rows = []
    for put_ms in (10, 30, 100):
        for events in (1, 2):
            one = Service(load=Load(events=events))
            one = replace(one, times=replace(one.times, put_ms=put_ms))
            each = relaying.capacity(one)
            rows.append([f"{put_ms} ms", str(events), *(short(each * factor) for factor in factors)])
    return table(("a PutEvents request", "events of a write", *(f"factor {factor}" for factor in factors)), rows)


def _behind() -> str:
    rows = []
    for use in (0.5, 0.8, 0.95, 1.1, 1.5, 2, inf):
        told = bulk.behind(1000, 1000 / use)
        made_up = bulk.catches_up(limits.HOUR, 1000, 1000 / use)
        title = "the bus takes nothing" if use == inf else share(use)
        rows.append([title, time(told.until_alarm), time(told.until_given_up), time(made_up)])
    head = ("relay, used", "alarm: 6 hours late", "bucket: 23 hours late", "makes up an outage of 1 hour in")
    return table(head, rows)


def _bulk() -> str:
    rows = []
    for items in dict.fromkeys(items for _, items in SIZES):
        load = Load(items=items)
        export, rewrite = bulk.export(load), bulk.rewrite(load)
        size, units = f"{load.bytes_stored / limits.GB:,.1f} GB", short(export.units)
        times = (export.seconds(200), export.seconds(inf), rewrite.seconds(200), rewrite.seconds(inf))
        rows.append([short(items), size, units, *map(time, times)])
    head = ("items", "size", "units of an export", "export, `--units 200`", "export, no limit")
    return table((*head, "rewrite, `--units 200`", "rewrite, no limit"), rows)


def short(number: float) -> str:
    """As many digits as mean something."""
    for unit, name in ((1e9, "billion"), (1e6, "million")):
        if number >= unit:
            return f"{number / unit:.3g} {name}"
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"


def share(number: float) -> str:
    """In percent."""
    if 0 < number < 0.001:
        return "under 0.1%"
    return f"{number:,.0%}" if number >= 0.1 or not number else f"{number:.1%}"


def time(seconds: float) -> str:
    """In the largest unit of which there are two."""
    if seconds == inf:
        return "never"
    for unit, name in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{_brief(seconds / unit)} {name}"
    return f"{_brief(seconds)} s"


def _brief(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"
