"""How long things take, as ratios to plain boto3 and pydantic: run by `make bench`, part of no test."""
