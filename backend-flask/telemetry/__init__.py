"""Tracing of the application in AWS X-Ray and Honeycomb: one concern a module, wired by `telemetry.wiring`.

This file imports nothing, so that `telemetry.configuration` stays cheap for the health check and for gunicorn's settings.
"""
