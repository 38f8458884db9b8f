"""What the use cases may cost: a module per group of use cases. `team-service cost` prints what they cost."""
