"""In the zip, in place of pydantic: models whose schemas were compiled when the zip was made.
The byte code of our packages imports it where their sources import pydantic, and may import what `__all__` names.
The file `FILE` has what pydantic made of each class: its schema, its fields and their rules. A class reads its own part
when it is first used.

Its modules `containers` and `providers` are imported in place of those of dependency-injector.
"""

from pydantic_core import ValidationError

from .adapters import TypeAdapter
from .declared import AfterValidator
from .declared import BeforeValidator
from .declared import ConfigDict
from .declared import Field
from .declared import GetCoreSchemaHandler
from .declared import ValidationInfo
from .declared import WrapValidator
from .declared import field_serializer
from .declared import field_validator
from .declared import model_serializer
from .declared import model_validator
from .models import BaseModel
from .models import create_model

__all__ = [
    "AfterValidator",
    "BaseModel",
    "BeforeValidator",
    "ConfigDict",
    "Field",
    "GetCoreSchemaHandler",
    "TypeAdapter",
    "ValidationError",
    "ValidationInfo",
    "WrapValidator",
    "create_model",
    "field_serializer",
    "field_validator",
    "model_serializer",
    "model_validator",
]
