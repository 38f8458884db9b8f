"""The recipes of docs/recipes.md, as code that runs: on every adapter, with an aggregate that is only theirs."""
