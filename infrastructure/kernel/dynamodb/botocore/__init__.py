"""The transport that botocore provides, the default one."""
