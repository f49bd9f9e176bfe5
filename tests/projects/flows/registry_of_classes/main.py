from models import Forest, Linear, ModelRegistry, ModelTable

registry = ModelRegistry()
for name, model in {"linear": Linear, "forest": Forest}.items():
    registry.register(name, model)

table = ModelTable()
table.register("linear", Linear)
table.register("forest", row=Forest)
