"""Team sizes, in DynamoDB."""

from domain.team_size import TeamSize
from domain.team_size import TeamSizeRepository
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository


class DynamoDBTeamSizeRepository(DynamoDBRepository[TeamSize], TeamSizeRepository):
    """Stores team sizes in DynamoDB."""

    type_name = "TEAM_SIZE"
