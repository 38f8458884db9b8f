"""A project that can be deployed, in a folder: stages, a template of a few resources, and zips of next to nothing."""

from pathlib import Path
from zipfile import ZipFile
from zipfile import ZipInfo

from typer.testing import CliRunner
from typer.testing import Result

from deploy.kernel import commands

SERVICE = "tiny-service"
STAGES = """\
[dev]
Depth = 3
Names = ["a", "b"]

[prod]
Depth = "<how deep>"
Names = "c"
"""
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Architecture: {Type: String}
  Runtime: {Type: String, AllowedValues: [python3.11, python3.12]}
  Depth: {Type: Number, Description: how deep it is}
  Names: {Type: CommaDelimitedList}
  Timeout: {Type: Number, Default: 10}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
  Queue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: !Ref Timeout}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Handler: x.handler
      CodeUri: dist/lambda-arm64.zip
      Runtime: !Ref Runtime
      Architectures: [!Ref Architecture]
      Role: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Stage}
Outputs:
  QueueUrl: {Value: !Ref Queue}
"""
ARM = "aarch64"
INTEL = "x86_64"


class Project:
    """A folder, and what the commands say in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "deploy").mkdir()
        self.write("pyproject.toml", f'[project]\nname = "{SERVICE}"\n')
        self.write("deploy/stages.toml", STAGES)
        self.write("template.yaml", TEMPLATE)

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def zip(self, machine: str = ARM, minor: int = 11, content: str = "") -> Path:
        """A zip with an extension module for that machine and Python."""
        path = self.root / f"{machine}-{minor}.zip"
        with ZipFile(path, "w") as archive:
            archive.writestr(ZipInfo(f"pkg/_core.cpython-3{minor}-{machine}-linux-gnu.so"), "")
            archive.writestr(ZipInfo("x.py"), f"handler = print  # {content}")
        return path

    def deploy(self, *arguments: str | Path, stage: str = "dev", says: str = "") -> Result:
        """Deploys a zip for arm64, unless the arguments name another."""
        zip = () if "--zip" in arguments else ("--zip", self.zip())
        return self.run("deploy", "--stage", stage, *zip, *arguments, says=says)

    def destroy(self, *, stage: str = "dev", says: str = "") -> Result:
        return self.run("destroy", "--stage", stage, says=says)

    def run(self, *arguments: str | Path, says: str = "") -> Result:
        """Runs a command, with what the person answers."""
        return CliRunner().invoke(commands.app, [str(argument) for argument in arguments], input=says)
