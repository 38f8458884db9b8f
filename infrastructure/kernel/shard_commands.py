"""The command that spreads listings over another number of shards."""

import typer

from infrastructure.kernel.bulk_commands import Kept
from infrastructure.kernel.bulk_commands import Segments
from infrastructure.kernel.bulk_commands import Units
from infrastructure.kernel.bulk_commands import limited
from infrastructure.kernel.persistence import Persistence
from infrastructure.kernel.progress_bars import Doing
from infrastructure.kernel.progress_bars import gone_through
from infrastructure.kernel.segments import Checkpoints
from infrastructure.kernel.segments import Progress
from infrastructure.kernel.store import Segment
from infrastructure.kernel.terminal import say

app = typer.Typer()


@app.command()
def reshard(
    context: typer.Context,
    *,
    segments: Segments = 4,
    units: Units = None,
    progress: Kept = None,
) -> None:
    """Gives stored entities the shards that they lack, after the setting DYNAMODB_LISTING_SHARDS has changed.

    Run it when every process that writes has this setting. It changes no version, publishes no events, and never
    overwrites anything. It can be run again. The exit code is 1 if an item has no room left.
    """
    persistence: Persistence = context.obj.opened()
    stop = limited(persistence, units)
    shards = context.obj.container.settings().dynamodb_listing_shards

    def step(segment: Segment, before: Progress) -> Progress:
        done = persistence.reshard(segment, before.after, stop)
        if done is None:
            return before  # what was given already is not given again
        for error in done.failed:
            say(str(error))
        return before.advanced(after=done.after, seen=done.seen, given=done.given, failed=len(done.failed))

    checkpoints = Checkpoints(progress, f"reshard to {shards} in {persistence.place}", segments)
    persistence.check()
    done = gone_through(checkpoints, step, Doing("Resharding", persistence.records()), stop)
    persistence.close()
    given, failed = (sum(each.counts.get(name, 0) for each in done) for name in ("given", "failed"))
    seen = f"{sum(each.seen for each in done)} records seen in {persistence.place}"
    say(f"{given} given their shards of {shards}, {failed} not; {seen}")
    if failed:
        raise typer.Exit(1)
