"""What a person is shown. Commands over the wire show the rest."""

from deploy.kernel.screen import follow
from deploy.kernel.screen import show_changes
from deploy.kernel.screen import show_failures
from deploy.kernel.stack import Change
from deploy.kernel.stack import Happening

TABLE = "AWS::DynamoDB::Table"


def test_a_table_that_is_there_already_is_told_with_what_to_do(capsys):
    reason = "Resource of type 'AWS::DynamoDB::Table' with identifier 'tiny' already exists."

    show_failures([Happening("1", "Table", TABLE, "CREATE_FAILED", reason)])

    told = capsys.readouterr().out
    assert f"Table ({TABLE}): {reason}" in told
    assert "It may have stayed when a stack was destroyed: delete it, import it into the stack, or give" in told


def test_a_failure_without_a_reason_says_so(capsys):
    show_failures([Happening("1", "Table", TABLE, "CREATE_FAILED", "")])

    assert capsys.readouterr().out == f"Table ({TABLE}): CloudFormation gives no reason\n"


def test_a_table_that_is_replaced_is_warned_of(capsys):
    show_changes([Change("Modify", "Table", TABLE, "True"), Change("Modify", "Queue", "AWS::SQS::Queue", "True")])

    told = capsys.readouterr().out
    assert "WARNING: Table is replaced by an empty one, and the service loses its data." in told
    assert told.count("WARNING") == 1


def test_a_table_that_may_be_replaced_is_warned_of_too():
    assert Change("Modify", "Table", TABLE, "Conditional").is_of_data
    assert not Change("Modify", "Table", TABLE, "False").is_of_data
    assert not Change("Add", "Table", TABLE, "True").is_of_data


def test_what_was_cancelled_is_no_failure_and_the_first_failures_come_first():
    failures = [Happening(f"{n}", f"R{n}", "T", "CREATE_FAILED", f"reason {n}") for n in range(9)]
    cancelled = Happening("c", "Other", "T", "CREATE_FAILED", "Resource creation cancelled")
    end = Happening("", "stack", "AWS::CloudFormation::Stack", "ROLLBACK_COMPLETE", "")

    last, told = follow([failures[0], cancelled, *failures[1:], end], total=10)

    assert last == end
    assert [failure.logical_id for failure in told] == ["R0", "R1", "R2", "R3", "R4"]
