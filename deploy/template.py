"""Keeps the generated blocks of `template.yaml` in step with your code: `make template` runs it. This module is yours."""

from deploy.kernel.template import events
from deploy.kernel.template import routes
from deploy.kernel.template import run
from deploy.kernel.template import table
from infrastructure.api.routes import ROUTES
from infrastructure.container import Container

if __name__ == "__main__":
    run(Container(), ROUTES, blocks=[table, routes, events])
