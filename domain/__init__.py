"""The business: entities, events, errors and ports. Imports the standard library and pydantic, nothing else."""
