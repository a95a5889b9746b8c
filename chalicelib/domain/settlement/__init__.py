"""Settlement: what payment services' statements prove of money that was given back."""
