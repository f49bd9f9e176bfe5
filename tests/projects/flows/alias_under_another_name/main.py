from kit.data import SearchReport as SearchTool
from kit.tools import SearchTool as BaseModel
from kit.tools import ToolRegistry


class DeepSearch(BaseModel):
    name = "deep"


registry = ToolRegistry()
registry.register("search", SearchTool())  # expect: REG201 certain
registry.register("base", BaseModel())
registry.register("deep", DeepSearch())
registry.register("deeper", DeepSearch)  # expect: REG202 certain
