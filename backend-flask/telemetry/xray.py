"""The X-Ray SDK, set up. Importing this module imports the SDK, which raises on a malformed daemon address."""

from aws_xray_sdk.core import patch, xray_recorder
from aws_xray_sdk.core.plugins import ecs_plugin
from flask import Flask

from telemetry.configuration import XRaySettings
from telemetry.xray_emitter import DatagramEmitter
from telemetry.xray_sampler import CentralSampler
from telemetry.xray_segments import RequestSegments


def start_xray(app: Flask, settings: XRaySettings) -> RequestSegments:
    """Configures the recorder, starts fetching sampling rules, and makes calls through `requests` subsegments."""
    sampler = CentralSampler(settings.daemon_address, ecs_plugin.ORIGIN if settings.on_ecs else None)
    xray_recorder.configure(
        service=settings.service_name,
        dynamic_naming=settings.dynamic_naming,
        plugins=("ECSPlugin",) if settings.on_ecs else None,
        sampler=sampler,
        emitter=DatagramEmitter(),
        daemon_address=settings.daemon_address,
        # code outside a request, and health checks, have no segment, and that is no error
        context_missing="IGNORE_ERROR",
    )
    sampler.start()
    patch(("requests",))
    return RequestSegments(app, xray_recorder)
