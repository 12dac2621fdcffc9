"""How gunicorn serves: a worker that slow clients cannot hold, a log with a bound. `flask_tracing.gunicorn` applies them."""
