"""SnapStart: Lambda restores many processes from a snapshot of one. This module keeps them from sharing what they must not.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html. Without SnapStart, Lambda runs no hooks.

Nothing else that a handler holds needs a hook. Ids of writes and commits come from the random source of the system, which
Lambda renews. The budget of retries and the threads of a deadline are copied, and each copy uses its own. Settings are
copied too, and with them the values of references.
"""

import random
from functools import cache

from snapshot_restore_py import register_after_restore  # type: ignore[import-untyped]  # it says nothing of its types
from snapshot_restore_py import register_before_snapshot

from infrastructure.kernel import copies
from infrastructure.kernel.wiring import renew_ids


@cache
def register_hooks() -> None:
    """Registers the hooks, once in a process."""
    register_before_snapshot(copies.prepare)
    register_after_restore(_share_nothing)


def _share_nothing() -> None:
    """Called in each restored process, before its first invocation."""
    random.seed()  # waits between attempts are random
    renew_ids()
    copies.renew()
