"""What an async function hands out after `await`, classes in one and instances in the other."""

from langchain_core.tools import BaseTool
class Weather(BaseTool):
    name: str = "weather"
    description: str = "w"
    async def _arun(self): ...
    def _run(self): ...
async def load_tools():
    return [Weather]
async def load_instances():
    return [Weather()]
