"""The machinery around a service: ways in, adapters, events. It knows no aggregate."""
