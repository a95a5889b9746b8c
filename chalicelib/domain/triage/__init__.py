"""What is understood of a case's first words: its type, the customer's sentiment, and whether it is urgent."""
