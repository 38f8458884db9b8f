"""A zip whose models were compiled when it was made, so that pydantic is not imported: `make lambda-zip LEAN=1`.

Nothing else needs this folder: without it there is only the ordinary zip.
"""

NAME = "compiled_models"
"""What stands in the zip for pydantic: the package of this name, which is the folder `in_zip`."""
