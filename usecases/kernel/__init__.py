"""What use cases are made of: requests, changes, retries, deadlines, consumers. It knows no aggregate."""
