from typing import List
from pydantic import BaseModel


class ComponentModel(BaseModel):
    label: str = ""


class GalleryBuilder:
    def __init__(self):
        self.tools: List[ComponentModel] = []

    def add_tool(self, tool: ComponentModel, label=None):
        self.tools.append(self._updated(tool, label))
        return self

    def _updated(self, component: ComponentModel, label) -> ComponentModel:
        component.label = label
        return component
