from agents import AgentClassRegistry, AgentRegistry, Planner

classes = AgentClassRegistry()
classes.register("planner", Planner)

first = AgentRegistry()
first.register("planner", Planner())

second = AgentRegistry()
second.register("planner", first.get("planner"))
second.register("fresh", classes.get("planner")())
