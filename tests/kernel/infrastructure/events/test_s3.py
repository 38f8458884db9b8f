"""Dead letters in a bucket: each once, whole, with its reason."""

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from domain.kernel.errors import Misconfigured
from infrastructure.kernel.events.s3 import S3DeadLetters
from infrastructure.kernel.events.s3 import create_s3_dead_letters
from tests.kernel.infrastructure.events.buckets import BUCKET
from tests.kernel.infrastructure.events.buckets import REGION
from tests.kernel.infrastructure.events.buckets import keys
from tests.kernel.service.container import Container
from tests.kernel.service.settings import Settings


def settings_for(bucket: str) -> Settings:
    return Settings(dead_letters=f"s3:{bucket}", aws_region=REGION)


def test_a_record_is_an_object_of_its_own_whole_and_with_the_reason(s3):
    record = f'{{"name": "Ünïted", "padding": "{"x" * 500_000}"}}'

    create_s3_dead_letters(settings_for(BUCKET)).put(record, "Stream record 7 cannot be read: naïve")

    [key] = keys(s3)
    found = s3.get_object(Bucket=BUCKET, Key=key)
    assert key.startswith("dead-letters/")
    assert found["Body"].read().decode() == record
    assert found["Metadata"] == {"reason": r"Stream record 7 cannot be read: na\xefve"}
    assert found["ContentType"] == "application/json"


def test_a_record_that_is_put_again_is_there_once_and_another_one_beside_it(s3):
    letters = create_s3_dead_letters(settings_for(BUCKET))

    for record in ("{}", "{}", '{"other": 1}'):
        letters.put(record, "as it is")

    assert len(keys(s3)) == 2


def test_a_reason_of_any_length_fits(s3):
    create_s3_dead_letters(settings_for(BUCKET)).put("{}", "\n🏟" * 10_000)

    assert len(keys(s3)) == 1


def test_the_setting_chooses_the_bucket(s3):
    container = Container()
    container.settings.override(settings_for(BUCKET))

    container.dead_letters().put("{}", "as it is")

    assert len(keys(s3)) == 1


def test_a_bucket_that_does_not_exist_is_a_wrong_setup(s3):
    with pytest.raises(Misconfigured, match="no-such-bucket"):
        create_s3_dead_letters(settings_for("no-such-bucket"))


def test_a_letter_that_cannot_be_put_is_a_failure(s3):
    with Stubber(s3) as answers, pytest.raises(ClientError, match="SlowDown"):
        answers.add_client_error("put_object", "SlowDown")
        S3DeadLetters(s3, BUCKET).put("{}", "as it is")
