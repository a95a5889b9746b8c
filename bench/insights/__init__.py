"""What understanding costs: the nightly findings, and typing a message as it arrives."""
