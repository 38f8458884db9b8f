"""The generated blocks of `template.yaml` in a new service, whose code cannot run before it is installed."""

import json
import re

from deploy.kernel.blocks import blocks_in
from deploy.kernel.blocks import event_lines
from deploy.kernel.blocks import in_step
from deploy.kernel.blocks import route_lines

STACK = "template.yaml"

_ROUTE = re.compile(r'RouteKey: "(\S+) (\S+)"(?:.*AuthorizationScopes: \["(\S+)"\])?')
_SOURCES = re.compile(r"source: (\[.*\])")


def renewed(text: str, *, example: bool) -> str:
    """The renamed template, as `make template` will write it.

    A logical id has the words of the path, and renaming gave it those of the class. The example has the only consumer.
    """
    blocks = blocks_in(text, STACK)
    blocks["routes"] = route_lines(
        (method, path, scope or None) for method, path, scope in _ROUTE.findall("\n".join(blocks["routes"]))
    )
    if not example:
        [sources] = _SOURCES.findall("\n".join(blocks["events"]))
        blocks["events"] = event_lines(json.loads(sources), ())
    return in_step(text, blocks, STACK)
