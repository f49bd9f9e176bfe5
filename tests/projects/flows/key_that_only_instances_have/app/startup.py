from langchain_core.tools import BaseTool
class Opt(BaseTool):
    name: str = "opt"
    description: str = "o"
    def _run(self): ...
class Rep(BaseTool):
    name: str = "rep"
    description: str = "r"
    def _run(self): ...
def startup(app):
    classes = [Opt]
    classes.append(Rep)
    app.state.tool_classes = classes
