"""Sponsors, in DynamoDB."""

from domain.sponsor import Sponsor
from domain.sponsor import SponsorRepository
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository


class DynamoDBSponsorRepository(DynamoDBRepository[Sponsor], SponsorRepository):
    """Stores sponsors in DynamoDB."""

    type_name = "SPONSOR"
