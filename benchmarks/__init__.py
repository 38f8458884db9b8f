"""How long things take: run by `make benchmark`, part of no test."""
