"""The work behind the routes."""
