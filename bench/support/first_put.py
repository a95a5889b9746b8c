"""Load one of the clients and put one item, or do nothing: python -m bench.support.first_put NAME"""

import sys

from bench.support.transports import CLIENTS

if sys.argv[1] in CLIENTS:
    CLIENTS[sys.argv[1]][1]().put("first")
