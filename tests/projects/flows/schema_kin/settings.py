"""Bases that are data like pydantic's, of other packages, reached through an alias and a project's own base."""

import pydantic
from pydantic_settings import BaseSettings
from sqlmodel import SQLModel

from tools import ToolRegistry

Schema = pydantic.BaseModel


class ProjectModel(Schema):
    """The project's own base."""


class Receipt(ProjectModel):
    total: int = 0


class Limits(BaseSettings):
    calls: int = 3


class Row(SQLModel, table=True):
    id: int = 0


registry = ToolRegistry()
registry.register("receipt", Receipt())  # expect: REG201 certain
registry.register("limits", Limits())  # expect: REG201 certain
registry.register("row", Row())  # expect: REG201 certain
