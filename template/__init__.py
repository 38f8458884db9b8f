"""The generator: makes a service of one's own from the reference service, and adds aggregates to it.

Standard library only, and no Jinja: it is run by cookiecutter's hooks and by `make aggregate`, in whatever environment
those have. Only `template.new` needs more, and `make new` installs it. None of it is part of a generated service.
"""

VERSION = "0.1.0"
"""The version of the template, recorded in every service that is made from it."""
