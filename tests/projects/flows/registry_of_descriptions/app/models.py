from pydantic import BaseModel


class ToolSpec(BaseModel):
    name: str
    endpoint: str
