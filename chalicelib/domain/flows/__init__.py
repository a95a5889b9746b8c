"""After-sales flows: the steps of a return, exchange, repair, refund, reshipment or complaint."""
