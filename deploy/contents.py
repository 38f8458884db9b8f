"""What your code needs in the zip for Lambda. This module is yours."""

from infrastructure.kernel import aws

SERVICES = (*aws.SERVICES,)
"""The services of AWS that are called, by botocore's names. Add those that your code calls, such as `"sqs"`."""

FILES = ("*.py",)
"""The files of your packages that are read at run time. Add other patterns, such as `"*.json"`."""
