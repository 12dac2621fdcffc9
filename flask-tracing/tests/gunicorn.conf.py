"""Serves the application of the tests."""

import os

from flask_tracing import shutdown
from flask_tracing.logs import LOGGING

bind = f"127.0.0.1:{os.environ['PORT']}"
threads = 8
limit_request_field_size = 16_384
worker_tmp_dir = "/dev/shm"
control_socket_disable = True
logconfig_dict = LOGGING


def worker_exit(_server: object, _worker: object) -> None:
    shutdown()
