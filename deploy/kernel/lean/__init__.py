"""A zip that imports neither pydantic nor dependency-injector: `make lambda-zip LEAN=1`. Its models were compiled before.

Nothing else needs this folder: without it there is only the ordinary zip.
"""

NAME = "compiled_models"
"""What stands in the zip for both: the package of this name, which is the folder `in_zip`."""
