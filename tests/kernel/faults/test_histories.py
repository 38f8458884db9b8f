"""The checker of histories finds what must not be, and nothing else."""

import pytest

from tests.kernel.faults.histories import Fate
from tests.kernel.faults.histories import Sight
from tests.kernel.faults.histories import State
from tests.kernel.faults.histories import Told
from tests.kernel.faults.histories import Write
from tests.kernel.faults.histories import violations

ADDED, SAVED, GONE = State("added", 1, True), State("saved", 2, True), State("gone", 3, False)
SOUND = (ADDED, SAVED, GONE, State("again", 4, True))


def write(name, version, began=0, ended=9, fate=Fate.MADE):
    return Write("a", name, version, fate, began, ended)


WRITES = (write("added", 1, 0, 1), write("saved", 2, 2, 3), write("gone", 3, 4, 5), write("again", 4, 6, 7))


def found(*together, states=SOUND, sights=()):
    return list(violations(Told([list(writes) for writes in together], list(sights)), {"a": states}))


def test_a_sound_history_is_sound():
    in_doubt = write("lost", 2, fate=Fate.IN_DOUBT)
    refused = write("late", 3, fate=Fate.REFUSED)
    sights = (
        Sight("a", False, None, 0, 0.5),
        Sight("a", True, 1, 1.5, 2.5),
        Sight("a", True, 2, 2.5, 3.5),
        Sight("a", True, None, 3.5, 3.6),
        Sight("a", False, None, 5.5, 5.6),
        Sight("a", True, 4, 6.5, 8),
    )

    assert found(*((each,) for each in WRITES), (in_doubt,), (refused,), sights=sights) == []


@pytest.mark.parametrize(
    ("states", "changed", "what"),
    [
        ((ADDED, State("again", 1, True)), {}, "went from"),
        ((ADDED, SAVED, State("saved", 3, True), State("again", 4, True)), {}, "saved was made 2 times"),
        ((ADDED, State("other", 2, True), GONE, State("again", 4, True)), {}, "was acknowledged and lost"),
        ((ADDED, State("other", 2, True), GONE, State("again", 4, True)), {}, "other was made and never asked for"),
        (SOUND, {"saved": write("saved", 2, fate=Fate.REFUSED)}, "was refused and made"),
        (SOUND, {"saved": write("saved", 7)}, "was made as"),
        (SOUND, {"saved": write("saved", 2, 6, 7), "again": write("again", 4, 4, 5)}, "had ended before"),
    ],
)
def test_a_write_that_is_not_what_was_told_is_found(states, changed, what):
    writes = [changed.get(each.name, each) for each in WRITES]

    assert any(what in violation for violation in found(*((each,) for each in writes), states=states))


def test_two_acknowledgements_of_one_removal_are_found():
    assert any("acknowledged 2 times" in each for each in found(WRITES[2:3], WRITES[2:3]))


def test_half_a_unit_of_work_is_found():
    other = write("other", 5, fate=Fate.IN_DOUBT)

    assert any("half of" in each for each in found((WRITES[0],), (WRITES[1], other)))


@pytest.mark.parametrize(
    "sight",
    [
        Sight("a", True, 1, 3.5, 3.6),
        Sight("a", True, 2, 0, 1.5),
        Sight("a", False, None, 1.5, 1.6),
        Sight("a", True, None, 5.5, 5.6),
        Sight("a", True, 5, 8, 9),
    ],
)
def test_what_was_never_so_is_found(sight):
    assert any("was not so" in each for each in found(*((each,) for each in WRITES), sights=(sight,)))
