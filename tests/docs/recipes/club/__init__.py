"""A small service that the recipes make, in the layers of every service: the payments, notices and leases of a club."""
