"""The configuration: every environment variable that the package reads."""
