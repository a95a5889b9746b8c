"""microburst as a proxy of a cloud that verifies signatures. A signature covers the host header, so the proxy passes
the original one on."""

import sys
from typing import Any

from aiohttp import web
from microburst.app import make_app
from microburst.core.pipeline import Microburst
from microburst.forward import Upstream

_rewritten = Upstream._outbound_headers


def _as_signed(self: Any, request: web.Request) -> dict[str, str]:
    return {**_rewritten(self, request), "host": request.headers["Host"]}


if __name__ == "__main__":
    Upstream._outbound_headers = _as_signed
    web.run_app(make_app(Microburst(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), print=None)
