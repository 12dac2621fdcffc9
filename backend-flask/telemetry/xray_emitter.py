"""Sends segments to the X-Ray daemon, without ever waiting for it."""

import ipaddress
import logging
import socket
import threading
import time
from typing import Protocol

from aws_xray_sdk.core.daemon_config import DaemonConfig

log = logging.getLogger(__name__)

_PROTOCOL_HEADER = b'{"format":"json","version":1}\n'

#: How long a resolved name is used before it is looked up again: a daemon that restarts may have another address.
RESOLVE_EVERY_SECONDS = 30.0
#: How soon a name that did not resolve is tried again.
RETRY_SECONDS = 2.0


class _Serializable(Protocol):
    def serialize(self) -> str: ...


class DatagramEmitter:
    """The SDK's emitter, but names are resolved in a thread of its own: the SDK's does it in the request, for each segment."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._target: tuple[str, int] | None = None

    def set_daemon_address(self, address: str) -> None:
        """Takes `host:port` or `tcp:host:port udp:host:port`, as the SDK does."""
        config = DaemonConfig(address)
        host, port = config.udp_ip, config.udp_port
        try:
            self._target = (str(ipaddress.IPv4Address(host)), port)
        except ValueError:
            threading.Thread(target=self._keep_resolved, args=(host, port), name="resolve-xray-daemon", daemon=True).start()

    def send_entity(self, entity: _Serializable) -> None:
        """Sends a segment or subsegment; drops it when the daemon cannot be reached."""
        if self._target is None:
            return
        try:
            self._socket.sendto(_PROTOCOL_HEADER + entity.serialize().encode(), self._target)
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
