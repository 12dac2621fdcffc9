"""A gunicorn worker that loses no connection when it stops."""

import select

from gunicorn.workers.gthread import ThreadWorker


class DrainingThreadWorker(ThreadWorker):
    """On SIGTERM also serves the clients that have connected and are not yet accepted, and lets nobody else connect.

    gunicorn's own worker leaves them in the listening socket until it exits; they are then reset.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if self.alive or enabled:
            return
        for listener in self.sockets:
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()
