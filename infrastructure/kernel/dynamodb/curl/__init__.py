"""The transport that libcurl provides, by way of pycurl. It is an extra: without this folder, `botocore` is the only one."""
