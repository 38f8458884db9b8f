"""The transport of libcurl. This folder goes with `infrastructure/kernel/dynamodb/curl`."""
