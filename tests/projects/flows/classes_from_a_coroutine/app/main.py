from app.dispatch import Dispatcher
from app.tools import load_tools, load_instances
async def main():
    tools = await load_tools()
    return Dispatcher(tools=tools)  # expect: REG202 certain
async def good():
    return Dispatcher(await load_instances())
