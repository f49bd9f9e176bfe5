from pydantic import BaseModel
class AnalyzeInput(BaseModel):
    text: str
class ReportOutput(BaseModel):
    report: str
