"""Fields that build a registry of their own."""

from dataclasses import dataclass, field
from pydantic import BaseModel, Field, PrivateAttr
from app.registry import PluginRegistry


@dataclass
class State:
    plugins: PluginRegistry = field(default_factory=PluginRegistry)  # expect: REG101 certain
    lazily: PluginRegistry = field(default_factory=lambda: PluginRegistry())  # expect: REG101 certain


class Model(BaseModel):
    plugins: PluginRegistry = Field(default_factory=PluginRegistry)  # expect: REG101 certain
    _private: PluginRegistry = PrivateAttr(default_factory=PluginRegistry)  # expect: REG101 certain
