"""Gives an X-Ray subsegment the id of the OpenTelemetry span of the same call."""

import requests
from aws_xray_sdk.core import xray_recorder
from opentelemetry.trace import Span


def name_subsegment_after(span: Span, _request: requests.PreparedRequest) -> None:
    """Names the subsegment of a downstream call, which X-Ray's patch has just opened, after the span of the same call.

    The called service then gets, in the one header, a parent that exists in both backends.
    """
    subsegment = xray_recorder.current_subsegment()
    if subsegment is not None and subsegment.sampled and subsegment.namespace == "remote":
        subsegment.id = f"{span.get_span_context().span_id:016x}"
