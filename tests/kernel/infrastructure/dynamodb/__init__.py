"""What the DynamoDB adapter does beyond the contracts."""
