"""The calendars of a shop on the desk: a year as a picture, and the hours as text."""
