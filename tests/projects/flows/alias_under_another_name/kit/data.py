from pydantic import BaseModel


class SearchReport(BaseModel):
    name: str = "report"
    lines: list[str] = []
