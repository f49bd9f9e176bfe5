from crew.registry import Crew
from crew.tools import Calculator

crew = Crew()
crew.register_tool(Calculator)  # expect: REG202 certain
crew.register_tool(Calculator())
crew.register_tool(tool=Calculator)  # expect: REG202 certain
