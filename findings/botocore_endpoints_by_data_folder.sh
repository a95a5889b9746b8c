#!/usr/bin/env bash
# botocore 1.44.5: the same data files, read from another folder than botocore's own, give other endpoints.
#
# Whoever ships trimmed or private models (AWS_DATA_PATH, or a loader with a search path) would expect the same clients
# from the same bytes. But botocore asks where `endpoints.json` lay: outside its own folder it leaves the services' rule
# sets aside and resolves endpoints in the older way. For plain regions nothing changes, so tests pass. With FIPS or
# dual-stack endpoints the host is another, one that does not exist, or an error. The packaged data of this project
# therefore lie in `botocore/data` of its own copy.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check botocore==1.44.5
cat > "$place/see.py" <<'PY'
import shutil
import sys
from pathlib import Path

import botocore
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader
from botocore.session import Session

own, copy = Path(botocore.__file__).parent / "data", Path(sys.argv[1]) / "data"
shutil.copytree(own, copy)


class Seen(Exception):
    pass


def look(request, **_):
    raise Seen(request.url.split("?")[0])


def host(folder, service, operation, region, settings, **params):
    session = Session()
    session.set_credentials("a", "b")
    loader = Loader(extra_search_paths=[str(folder)], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    client = session.create_client(service, region_name=region, config=Config(**settings))
    client.meta.events.register("before-send", look)
    try:
        getattr(client, operation)(**params)
    except Seen as seen:
        return str(seen)
    except BotoCoreError as error:
        return type(error).__name__


FIPS, DUAL = {"use_fips_endpoint": True}, {"use_dualstack_endpoint": True}
for service, operation, region, settings, params, expected in (
    ("s3", "list_objects_v2", "us-east-1", {}, {"Bucket": "bucket"}, ("https://bucket.s3.amazonaws.com/",) * 2),
    (
        "s3", "list_objects_v2", "us-east-1", FIPS, {"Bucket": "bucket"},
        ("https://bucket.s3-fips.us-east-1.amazonaws.com/", "https://bucket.s3-fips.aws-global.amazonaws.com/"),
    ),
    (
        "dynamodb", "list_tables", "us-gov-west-1", FIPS, {},
        ("https://dynamodb.us-gov-west-1.amazonaws.com/", "https://dynamodb-fips.us-gov-west-1.amazonaws.com/"),
    ),
    (
        "dynamodb", "list_tables", "eu-west-1", DUAL, {},
        ("https://dynamodb.eu-west-1.api.aws/", "EndpointResolutionError"),
    ),
):
    hosts = tuple(host(folder, service, operation, region, settings, **params) for folder in (own, copy))
    print(service, region, settings, "own folder:", hosts[0], "copy of it:", hosts[1])
    assert hosts == expected, (hosts, expected)
PY
"$place/venv/bin/python" "$place/see.py" "$place"
