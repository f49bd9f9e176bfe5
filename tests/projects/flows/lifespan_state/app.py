from contextlib import asynccontextmanager

from base import Cock, Sock
from fastapi import FastAPI

TOOLS = [Cock]


@asynccontextmanager
async def lifespan(app):
    yield {"vanes": TOOLS, "good": [Sock()]}


app = FastAPI(lifespan=lifespan)
