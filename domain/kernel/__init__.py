"""The base of every domain: entities, values, events, errors, and the ports. It knows no aggregate."""
