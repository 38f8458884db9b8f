"""Teams, in DynamoDB."""

from domain.team import Team
from domain.team import TeamRepository
from infrastructure.kernel.dynamodb.repository import DynamoDBRepository


class DynamoDBTeamRepository(DynamoDBRepository[Team], TeamRepository):
    """Stores teams in DynamoDB."""

    type_name = "TEAM"
