"""The tools of this service, and the data they take."""

from pydantic import BaseModel

from chat.toolkit import BaseTool


class SearchQuery(BaseModel):
    """What a search takes: data, not a tool."""

    words: list[str]
    limit: int = 10


class SearchTool(BaseTool):
    name: str = "search"
    description: str = "Finds messages"

    def run(self, query: str) -> str:
        wanted = SearchQuery(words=query.split())
        return f"nothing about {' '.join(wanted.words)} in {wanted.limit} messages"


class CostTool(BaseTool):
    name: str = "cost"
    description: str = "Adds up what a thread has cost"

    def run(self, query: str) -> str:
        return f"{len(query)} tokens"


class ReportTool(BaseTool):
    name: str = "report"
    description: str = "Writes a summary"

    def run(self, query: str) -> str:
        return f"summary of {query!r}"
