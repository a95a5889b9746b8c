"""What is known of mails apart from ours: their characters, their addresses, and what no person wrote."""
