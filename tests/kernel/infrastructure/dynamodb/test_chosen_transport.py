"""The transport is the one that the settings choose, so that tests of both are tests of both."""


def test_requests_go_by_the_transport_of_the_settings(table, container):
    chosen = container.settings().dynamodb_transport

    assert type(table.transport).__module__ == f"infrastructure.kernel.dynamodb.{chosen}.transport"
