"""A handler, and copies of its process, as SnapStart restores them. `python -m` runs it: with an argument, without hooks.

It prints a line of JSON for the process itself, and one for each of two copies.
"""

import json
import os
import random
import sys

from snapshot_restore_py import get_after_restore  # type: ignore[import-untyped]  # it says nothing of its types
from snapshot_restore_py import get_before_snapshot

from infrastructure.kernel import clock_skew
from infrastructure.kernel import wiring
from infrastructure.kernel.aws_lambda.api import create_api_handler
from infrastructure.kernel.aws_lambda.invocation import Handler
from tests.kernel.infrastructure.aws_lambda.invocations import Invocation
from tests.kernel.infrastructure.aws_lambda.test_api import a_request
from tests.kernel.service.container import Container
from tests.kernel.service.endpoints import ENDPOINTS


def tell(handler: Handler[dict[str, object]]) -> None:
    """Has the handler ask DynamoDB, and prints what no other process should have."""
    status = handler(a_request(path="/crates/of-nobody"), Invocation())["statusCode"]
    skew = clock_skew._Skew.by.total_seconds()
    told = {"status": status, "id": wiring.new_id(), "random": random.random(), "skew": skew}
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()


def main(*, with_hooks: bool) -> None:
    """Makes the process and its copies."""
    handler = create_api_handler(Container(), ENDPOINTS)
    wiring._ids._latest = 2_000_000_000_000  # the clock was put back: the next id differs in its last bit alone
    clock_skew._Skew.by = clock_skew.TOLERATED / 2
    tell(handler)
    state = random.getstate()
    if with_hooks:
        for hook, args, options in reversed(get_before_snapshot()):
            hook(*args, **options)
    for _ in range(2):
        copy = os.fork()
        if copy == 0:
            random.setstate(state)  # Python draws it anew after a fork, and nobody does after a restoration
            if with_hooks:
                for hook, args, options in get_after_restore():
                    hook(*args, **options)
            tell(handler)
            os._exit(0)
        os.waitpid(copy, 0)


if __name__ == "__main__":
    main(with_hooks=not sys.argv[1:])
