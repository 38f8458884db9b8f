"""What calls of the service consume of DynamoDB, and what that costs. For developers: nothing here runs in production."""
