"""What is configured: every environment variable that the package reads."""
