import app
from app import Cost, Report, Search, ToolRegistry, get_tool_registry, shared
from app.more import FaxTool, MailTool, NoTool


def fill(given: ToolRegistry):
    given.register("search", Search)  # expect: REG202 certain
    get_tool_registry().register("cost", Cost)  # expect: REG202 certain
    shared.register("report", Report)  # expect: REG202 certain
    app.shared.register("mail", MailTool)  # expect: REG202 certain
    shared.register("fax", FaxTool())
    shared.register("none", NoTool)


def start():
    return app.ToolRegistry()  # expect: REG101 certain
