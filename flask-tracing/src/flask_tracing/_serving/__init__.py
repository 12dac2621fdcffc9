"""How gunicorn serves a Flask application behind a load balancer: `serving.settings` is what a `gunicorn.conf.py` imports."""
