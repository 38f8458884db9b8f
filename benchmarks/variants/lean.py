"""This service by curl, once more: another zip is what it starts from."""

from benchmarks.variants.service_curl import create

__all__ = ["create"]
