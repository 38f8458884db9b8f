"""How much is logged."""

import logging

from infrastructure.kernel.settings import Settings


def set_levels(settings: Settings) -> None:
    """Has everything logged from the level of the settings on; the client of AWS from INFO on, at most.

    Below that, it logs what entities hold.
    """
    logging.getLogger().setLevel(settings.log_level)
    logging.getLogger("botocore").setLevel(max(logging.INFO, logging.getLogger().level))
