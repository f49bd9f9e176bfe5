from fastapi import FastAPI, Request

app = FastAPI()


class ClassRegistry:
    def __init__(self) -> None:
        self._classes: dict[str, type] = {}

    def register(self, cls: type) -> None:
        self._classes[cls.__name__] = cls


app.state.valves = ClassRegistry()


def get_classes(request: Request):
    return request.app.state.valves


@app.get("/")
def fill(request: Request):
    get_classes(request).register(ClassRegistry)
