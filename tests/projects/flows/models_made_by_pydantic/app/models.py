from pydantic import BaseModel as Base


class CustomBase(Base):
    model_config = {}


class WeatherInput(CustomBase):
    city: str


class WeatherTool(CustomBase):
    name: str = "weather"

    def run(self, city):
        return city
