"""The worker of the image with limits that a test can reach; a reuser sets limits of its own in the same way."""

from flask_tracing._serving.worker import BufferingThreadWorker


class ImpatientWorker(BufferingThreadWorker):
    """Everything is a fifth or less of what the image allows."""

    request_timeout = 2.0
    body_limit = 200_000
    memory_limit = 500_000


class PatientWorker(ImpatientWorker):
    """The same, but no test waits for its timeout."""

    request_timeout = 24.0


IMPATIENT = "--worker-class support.worker.ImpatientWorker"
PATIENT = "--worker-class support.worker.PatientWorker"
