"""Sends segments to the X-Ray daemon, and never waits for it."""

import ipaddress
import logging
import socket
import threading
import time

from aws_xray_sdk.core.daemon_config import DaemonConfig

log = logging.getLogger(__name__)

_PROTOCOL_HEADER = b'{"format":"json","version":1}\n'

#: The interval in which a hostname is resolved again: a daemon that restarts may have another address.
RESOLVE_EVERY_SECONDS = 30.0
#: The pause after a hostname did not resolve.
RETRY_SECONDS = 2.0


class DatagramEmitter:
    """Sends over UDP. A hostname is resolved in another thread; the SDK's emitter resolves it for each segment, in the request.

    Args:
        address: `host:port`, or `tcp:host:port udp:host:port`, as in the SDK.
    """

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._target: tuple[str, int] | None = None
        config = DaemonConfig(address)
        host, port = config.udp_ip, config.udp_port
        try:
            self._target = (str(ipaddress.IPv4Address(host)), port)
        except ValueError:
            threading.Thread(target=self._keep_resolved, args=(host, port), name="resolve-xray-daemon", daemon=True).start()

    def send(self, document: bytes) -> None:
        """Sends a segment or subsegment, or drops it if the daemon cannot be reached."""
        if self._target is None:
            return
        try:
            self._socket.sendto(_PROTOCOL_HEADER + document, self._target)
        except OSError as error:
            log.warning("a segment could not be sent to the X-Ray daemon and is lost: %s", error)

    def _keep_resolved(self, host: str, port: int) -> None:
        while True:
            try:
                self._target = (socket.gethostbyname(host), port)
                pause = RESOLVE_EVERY_SECONDS
            except OSError as error:
                pause = RETRY_SECONDS
                log.warning("`AWS_XRAY_DAEMON_ADDRESS` names a host that does not resolve, %r: %s", host, error)
            time.sleep(pause)
