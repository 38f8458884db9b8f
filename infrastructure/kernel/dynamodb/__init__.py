"""The adapter that keeps everything in one DynamoDB table."""
