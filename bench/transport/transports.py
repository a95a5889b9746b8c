"""The clients of DynamoDB that were compared for docs/decisions/0023-transport.md, each with a put and a get.

A client is asked in the way in which a function would use it: it is called from synchronous code and lives as long as
the process. aws-sdk-dynamodb and aiodynamo take part where they are installed."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

TABLE = "care"
TEXT = "x" * 600
"""With the keys, an item is as large as a case's opening."""


class Store(NamedTuple):
    """A client: puts the item with this key, and gets it."""

    put: Callable[[str], object]
    get: Callable[[str], object]


def plain(key: str) -> dict[str, Any]:
    """An item in DynamoDB's JSON."""
    return {"pk": {"S": "BENCH"}, "sk": {"S": key}, "text": {"S": TEXT}, "version": {"N": "1"}}


def botocore(data_path: str | None = None) -> Store:
    """botocore, without boto3's resources. `data_path`: the only folder from which service models are read."""
    from botocore.config import Config
    from botocore.loaders import Loader
    from botocore.session import Session

    session = Session()
    if data_path:
        loader = Loader(extra_search_paths=[data_path], include_default_search_paths=False)
        session.register_component("data_loader", loader)
    retries = {"total_max_attempts": 4, "mode": "standard"}
    client = session.create_client("dynamodb", config=Config(connect_timeout=2, read_timeout=8, retries=retries))
    return _of_methods(client)


def trimmed() -> Store:
    """botocore with the model of DynamoDB alone."""
    return botocore(os.environ["TRIMMED_DATA"])


def ours() -> Store:
    """The client of this project."""
    from chalicelib.adapters.aws.clients import client

    return _of_methods(client("dynamodb"))


def _of_methods(client: Any) -> Store:
    def get(key: str) -> object:
        return client.get_item(TableName=TABLE, Key={"pk": {"S": "BENCH"}, "sk": {"S": key}}, ConsistentRead=True)

    return Store(lambda key: client.put_item(TableName=TABLE, Item=plain(key)), get)


def generated() -> Store:
    """AWS's generated client. It is asynchronous, and needs Python 3.12."""
    from aws_sdk_dynamodb import client as sdk  # type: ignore[import-not-found]
    from aws_sdk_dynamodb import models

    loop = asyncio.new_event_loop()
    client = sdk.AsyncDynamoDBClient()

    def attributes(item: dict[str, Any]) -> dict[str, Any]:
        kinds = {"S": models.AttributeValueS, "N": models.AttributeValueN}
        return {name: kinds[kind](value) for name, pair in item.items() for kind, value in pair.items()}

    def put(key: str) -> object:
        asked = models.PutItemInput(table_name=TABLE, item=attributes(plain(key)))
        return loop.run_until_complete(client.put_item(asked))

    def get(key: str) -> object:
        keys = attributes({"pk": {"S": "BENCH"}, "sk": {"S": key}})
        return loop.run_until_complete(
            client.get_item(models.GetItemInput(table_name=TABLE, key=keys, consistent_read=True))
        )

    return Store(put, get)


def aiodynamo() -> Store:
    """aiodynamo on aiohttp. It is asynchronous."""
    from aiodynamo.client import Client  # type: ignore[import-not-found]
    from aiodynamo.credentials import EnvironmentCredentials  # type: ignore[import-not-found]
    from aiodynamo.http.aiohttp import AIOHTTP  # type: ignore[import-not-found]
    from aiohttp import ClientSession
    from yarl import URL

    loop = asyncio.new_event_loop()

    def done(work: Coroutine[Any, Any, object]) -> object:
        return loop.run_until_complete(work)

    async def made() -> Any:
        endpoint = URL(os.environ["AWS_ENDPOINT_URL"])
        return Client(AIOHTTP(ClientSession()), EnvironmentCredentials(), "us-east-1", endpoint=endpoint)

    client: Any = done(made())
    return Store(
        lambda key: done(client.put_item(TABLE, {"pk": "BENCH", "sk": key, "text": TEXT, "version": 1})),
        lambda key: done(client.get_item(TABLE, {"pk": "BENCH", "sk": key}, consistent_read=True)),
    )


CLIENTS: dict[str, tuple[str, Callable[[], Store]]] = {
    "botocore": ("botocore", botocore),
    "botocore with trimmed data": ("botocore", trimmed),
    "aws-sdk-dynamodb": ("aws_sdk_dynamodb", generated),
    "aiodynamo": ("aiodynamo", aiodynamo),
    "our own client": ("chalicelib", ours),
}
"""By what they are called: the package that must be installed, and how to make one."""
