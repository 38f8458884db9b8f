"""What the API over HTTP is compared with: routes of FastAPI, which look a plain pydantic model up in a dict."""

import uvicorn
from fastapi import FastAPI

from benchmarks.data import IDS
from benchmarks.data import basket
from benchmarks.plain import Basket

BASKETS = {id: Basket.model_validate(basket(number)) for number, id in enumerate(IDS)}

app = FastAPI()


@app.get("/async/{id}")
async def on_the_loop(id: str) -> Basket:
    return BASKETS[id]


@app.get("/def/{id}")
def in_a_thread(id: str) -> Basket:
    return BASKETS[id]


def create() -> uvicorn.Server:
    """Plain uvicorn, with the event loop and the parser that the service has."""
    return uvicorn.Server(
        uvicorn.Config(app, loop="uvloop", http="httptools", ws="none", server_header=False, log_config=None)
    )
