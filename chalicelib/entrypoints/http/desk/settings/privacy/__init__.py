"""Personal data on the desk: find a person, see what is stored, export it, keep it, erase it."""
