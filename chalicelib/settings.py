"""The environment a function runs in, checked once."""

import os
from functools import cache

import msgspec
from msgspec import Struct


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """What the template tells every function; the names are those of the environment, in lower case."""

    care_table: str
    stage: str
    parameters: str
    """The prefix of this stack's parameters in SSM."""
    queue_urls: dict[str, str]
    keys_table: str = ""
    """Where people's keys lie."""
    master_key: str = ""
    """The KMS key that wraps shops' keys."""
    configuration_set: str = ""
    lake_bucket: str = ""
    evidence_bucket: str = ""
    api_url: str = ""
    user_pool: str = ""
    inbound_domain: str = ""


@cache
def settings() -> Settings:
    """The settings of this process. ValidationError names what the template left out."""
    environment = os.environ
    found: dict[str, object] = {
        name: environment[name.upper()] for name in Settings.__struct_fields__ if name.upper() in environment
    }
    found["queue_urls"] = {
        name.removeprefix("QUEUE_").lower(): url for name, url in environment.items() if name.startswith("QUEUE_")
    }
    return msgspec.convert(found, Settings)
