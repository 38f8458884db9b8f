"""The codes by which services of AWS refuse requests, as far as several of our modules know them."""

THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
}
"""There are too many requests."""
PASSING = THROTTLED | {
    "InternalError",
    "InternalException",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "LimitExceededException",
    "ServiceUnavailable",
}
"""AWS may answer otherwise the next time. Not all of these come with a status of 500 or more."""
CLOCK_REFUSED = {"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch"}
"""The signature is wrong; the clock of this machine may be the reason."""
