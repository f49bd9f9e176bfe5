from app.models import WeatherInput, WeatherTool
from app.registry import ToolRegistry

registry = ToolRegistry()
registry.register(WeatherTool())
registry.register(WeatherInput(city="x"))  # expect: REG201 certain
registry.register_many(WeatherTool(), WeatherInput(city="y"))  # expect: REG201 certain
registry.register(WeatherInput.model_validate({"city": "z"}))  # expect: REG201 certain
registry.register(WeatherInput.model_construct(city="z"))  # expect: REG201 certain
registry.register(WeatherInput(city="x").model_copy())  # expect: REG201 certain
