"""The service policy on the desk: edited as a form, tried on the last days, and saved as a version."""
