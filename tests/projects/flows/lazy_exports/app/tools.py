class Tool:
    name = ""

    def run(self):
        return self.name


class SearchTool(Tool):
    name = "search"


class CostTool(Tool):
    name = "cost"


class ReportTool(Tool):
    name = "report"
