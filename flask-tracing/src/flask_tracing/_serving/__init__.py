"""gunicorn's worker and logger for a traced service. `flask_tracing.gunicorn` applies them."""
