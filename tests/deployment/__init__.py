"""The stack of `template.yaml`, deployed on ministack and used. Your endpoints are known by their table alone."""
