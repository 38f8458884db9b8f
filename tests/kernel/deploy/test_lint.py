"""A template is clean, or what is wrong is named: as it is written with the line, as it is expanded with the path."""

import sys

import pytest

from deploy.kernel import lint
from deploy.kernel.lint import expand
from deploy.kernel.lint import problems

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    CodeUri: dist/a.zip
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: hello.handler
      AutoPublishAlias: live
      Policies:
        - Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn}]
  Queue:
    Type: AWS::SQS::Queue
"""


def changed(old: str, new: str) -> str:
    assert old in TEMPLATE
    return TEMPLATE.replace(old, new)


def test_a_mistake_that_shows_in_the_expanded_template_alone_is_named_with_its_path():
    [problem] = problems(changed("sqs:SendMessage", "sqs:SendMassage"))

    assert problem.startswith("expanded, Resources/HelloRole/Properties/Policies/0/PolicyDocument/Statement/0/Action")
    assert "'sendmassage'" in problem.lower()


def test_what_cannot_be_expanded_is_told():
    [problem] = problems(changed("AutoPublishAlias: live", "AutoPublishAlias: {a: b}"))

    assert "AutoPublishAlias" in problem


def test_the_expanded_template_is_plain_cloudformation():
    expanded = expand(TEMPLATE)

    types = sorted(resource["Type"] for resource in expanded["Resources"].values())
    assert types == [
        "AWS::IAM::Role",
        "AWS::Lambda::Alias",
        "AWS::Lambda::Function",
        "AWS::Lambda::Version",
        "AWS::SQS::Queue",
    ]


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        (TEMPLATE, False, ""),
        (
            changed("AWS::SQS::Queue", "AWS::SQS::Queues"),
            True,
            "a.yaml, line 16: E3006 Resource type 'AWS::SQS::Queues'",
        ),
    ],
)
def test_the_command_prints_the_problems_and_fails_if_there_are_any(tmp_path, monkeypatch, capsys, text, code, told):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["lint", str(tmp_path / "a.yaml")])

    with pytest.raises(SystemExit) as raised:
        lint.main()

    assert raised.value.code is code
    printed = capsys.readouterr().out
    assert printed.startswith(told)
    assert printed.count("\n") == code
