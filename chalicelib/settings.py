"""The settings of a function, from its environment variables, which are checked once."""

import os
from functools import cache

import msgspec
from msgspec import Struct


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """What the template sets for every function. The names are those of the environment variables, in lower case."""

    care_table: str
    stage: str
    parameters: str
    """The prefix of the stack's parameters in SSM."""
    queue_urls: dict[str, str]
    keys_table: str = ""
    """The name of the table with customers' keys."""
    master_key: str = ""
    """The KMS key that encrypts shops' keys."""
    configuration_set: str = ""
    lake_bucket: str = ""
    evidence_bucket: str = ""
    api_url: str = ""
    user_pool: str = ""
    inbound_domain: str = ""
    live_url: str = ""
    """The address of the API of sockets, with `http` where sockets have `ws`."""


@cache
def settings() -> Settings:
    """The settings of this process. Raises msgspec's ValidationError if the template left one out."""
    environment = os.environ
    values: dict[str, object] = {
        name: environment[name.upper()] for name in Settings.__struct_fields__ if name.upper() in environment
    }
    values["queue_urls"] = {
        name.removeprefix("QUEUE_").lower(): url for name, url in environment.items() if name.startswith("QUEUE_")
    }
    return msgspec.convert(values, Settings)
