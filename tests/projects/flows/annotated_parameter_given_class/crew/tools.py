"""Form 8: the annotation says instance, the caller hands a class: what flows wins."""

from crewai.tools import BaseTool


class Calculator(BaseTool):
    name: str = "calculator"
    description: str = "adds"

    def _run(self, a: int, b: int) -> int:
        return a + b
