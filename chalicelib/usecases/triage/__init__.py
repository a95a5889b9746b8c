"""What staff ask of typing: a text is typed for them, and the type of a case is corrected."""
