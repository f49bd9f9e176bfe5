from app.registry import ValveRegistry
from fastapi import FastAPI

app = FastAPI()


@app.on_event("startup")
async def start():
    app.state.valves = ValveRegistry()
    app.state.spare = None
