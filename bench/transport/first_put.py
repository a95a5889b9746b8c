"""Load one of the clients and put one item, or do nothing: python -m bench.transport.first_put NAME"""

import sys

from bench.transport.transports import CLIENTS

if sys.argv[1] in CLIENTS:
    CLIENTS[sys.argv[1]][1]().put("first")
