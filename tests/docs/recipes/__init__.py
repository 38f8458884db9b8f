"""The recipes of docs/recipes, as code that runs on every adapter."""
