from app.tools import Tool


class MailTool(Tool):
    name = "mail"


class FaxTool(Tool):
    name = "fax"
