"""A task in segments: what is kept of its progress, and what ends it."""

from threading import Event

import pytest

from domain.kernel.errors import InvalidArgument
from domain.kernel.errors import Unavailable
from infrastructure.kernel.segments import ATTEMPTS
from infrastructure.kernel.segments import Checkpoints
from infrastructure.kernel.segments import Progress
from infrastructure.kernel.segments import in_segments
from infrastructure.kernel.store import Segment

STEPS = 3


class Told(Event):
    """Waits for nothing, and remembers for how long it would have."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout=None):
        self.waits.append(timeout)
        return self.is_set()


def one_more(segment: Segment, before: Progress) -> Progress:
    place = int(before.after or 0) + 1
    return before.advanced(after=str(place) if place < STEPS else None, seen=10, bytes=5, made=2, failed=1)


def gone_through(checkpoints, step=one_more, stop=None):
    steps: list[tuple[Progress, Progress]] = []
    done = in_segments(checkpoints, step, tell=lambda *both: steps.append(both), stop=stop or Told())
    return done, steps


def test_every_segment_is_gone_through_to_its_end():
    done, steps = gone_through(Checkpoints(None, "test", 4))

    assert done == [Progress(task="test", is_done=True, seen=30, bytes=15, counts={"made": 6, "failed": 3})] * 4
    assert len(steps) == 4 * STEPS
    assert sum(after.seen - before.seen for before, after in steps) == 120


def test_progress_is_kept_in_a_folder_and_a_task_that_is_done_is_not_begun_again(tmp_path):
    folder = tmp_path / "new" / "progress"
    first, _ = gone_through(Checkpoints(folder, "test", 2))

    again, steps = gone_through(Checkpoints(folder, "test", 2))

    assert again == first
    assert steps == []
    assert sorted(path.name for path in folder.iterdir()) == ["segment-1-of-2.json", "segment-2-of-2.json"]


def test_a_task_goes_on_where_it_was_stopped(tmp_path):
    stop = Told()

    def stopping(segment: Segment, before: Progress) -> Progress:
        stop.set()
        return one_more(segment, before)

    stopped, _ = gone_through(Checkpoints(tmp_path, "test", 1), stopping, stop)
    done, steps = gone_through(Checkpoints(tmp_path, "test", 1))

    assert [(each.after, each.is_done) for each in stopped] == [("1", False)]
    assert (len(steps), done[0].is_done, done[0].seen) == (STEPS - 1, True, 30)


def test_what_could_not_be_done_in_time_is_tried_again():
    failures = [Unavailable("throttled")] * (ATTEMPTS - 1)
    stop = Told()

    def failing(segment: Segment, before: Progress) -> Progress:
        if failures:
            raise failures.pop()
        return one_more(segment, before)

    done, _ = gone_through(Checkpoints(None, "test", 1), failing, stop)

    assert done[0].seen == 30
    assert len(stop.waits) == ATTEMPTS - 1


def test_it_is_tried_again_for_most_of_a_minute_and_no_longer(monkeypatch):
    monkeypatch.setattr("random.uniform", lambda least, most: most)
    stop = Told()

    def failing(segment: Segment, before: Progress) -> Progress:
        raise Unavailable("throttled")

    with pytest.raises(Unavailable):
        gone_through(Checkpoints(None, "test", 1), failing, stop)
    assert 45 < sum(stop.waits) <= 60


@pytest.mark.parametrize("error", [Unavailable("throttled"), KeyError("x")], ids=repr)
def test_an_error_of_one_segment_stops_all_and_is_raised(tmp_path, error):
    stop = Told()

    def failing(segment: Segment, before: Progress) -> Progress:
        if segment.number == 1:
            raise error
        return before.advanced(after="on and on", seen=1)

    with pytest.raises(type(error)):
        gone_through(Checkpoints(tmp_path, "test", 3), failing, stop)
    assert stop.is_set()
    assert not any(each.is_done for each in Checkpoints(tmp_path, "test", 3).begun.values())


def test_two_commands_do_not_go_on_in_one_folder_and_the_second_one_goes_on_where_the_first_has_ended(tmp_path):
    first, second = Checkpoints(tmp_path, "test", 1), Checkpoints(tmp_path, "test", 1)

    with (
        first.held(),
        pytest.raises(InvalidArgument, match="is in use by another command: wait until that has ended"),
        second.held(),
    ):
        raise AssertionError("it was held twice")
    gone_through(first)

    with second.held():
        assert second.has_ended


def test_without_a_folder_nothing_is_held():
    checkpoints = Checkpoints(None, "test", 1)

    with checkpoints.held(), checkpoints.held():
        assert not checkpoints.has_ended


def test_a_folder_that_cannot_be_locked_is_told(tmp_path):
    (tmp_path / ".lock").mkdir()

    with pytest.raises(InvalidArgument, match="cannot be locked: "), Checkpoints(tmp_path, "test", 1).held():
        raise AssertionError("it was held")


def test_another_number_of_segments_is_refused(tmp_path):
    gone_through(Checkpoints(tmp_path, "test", 2))

    with pytest.raises(InvalidArgument, match=r"--segments: must be 2, as .* has begun with"):
        Checkpoints(tmp_path, "test", 3)


def test_the_progress_of_another_task_is_refused(tmp_path):
    gone_through(Checkpoints(tmp_path, "export of table a", 2))

    for segments in (2, 3):
        with pytest.raises(InvalidArgument, match="of another task: export of table a, not export of table b"):
            Checkpoints(tmp_path, "export of table b", segments)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"task": "test", "seen": -1}'])
def test_damaged_progress_is_refused(tmp_path, content):
    (tmp_path / "segment-1-of-1.json").write_bytes(content)

    with pytest.raises(InvalidArgument, match=r"segment-1-of-1\.json: is damaged; delete the folder, and begin again"):
        Checkpoints(tmp_path, "test", 1)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(InvalidArgument, match="cannot be written: "):
        Checkpoints(tmp_path / "file" / "below", "test", 1)
