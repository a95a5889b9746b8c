"""After-sales flows: what a return, an exchange, a repair, a refund, a reshipment, a complaint goes through."""
