from pydantic import BaseModel


class ReportTool(BaseModel):
    """What a client sends about a report tool."""

    name: str = "report"
