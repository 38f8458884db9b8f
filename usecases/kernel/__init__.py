"""What use cases are made of: requests, retries, deadlines, consumers. It knows no aggregate."""
