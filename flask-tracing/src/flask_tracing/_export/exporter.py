"""Sends batches of spans to the OTLP endpoint, and logs what happened to those that it does not accept."""

import logging
from collections.abc import Mapping, Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from flask_tracing._export.encoder import encode_batch
from flask_tracing._export.session import UntracedSession

log = logging.getLogger("flask_tracing.export")

#: What to do about a status.
_ADVICE = {
    401: "the key is not accepted: store a valid one",
    403: "the key may not send spans: give it that permission",
    404: "there is no OTLP endpoint at this URL: check `OTEL_EXPORTER_OTLP_ENDPOINT`",
    413: "the batch is too large: lower `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`",
    429: "more is sent than the endpoint accepts: lower `OTEL_TRACES_SAMPLER_ARG`, or raise its limit",
}


class BatchExporter(OTLPSpanExporter):
    """The library's exporter, which retries, compresses, and reads its own variables, with a faster encoder and clear logs.

    Args:
        endpoint: the complete URL. Log lines show only its host.
        host: the host of `endpoint`.
        headers: the headers of each batch.
    """

    def __init__(self, endpoint: str, host: str, headers: Mapping[str, str]) -> None:
        self._session = UntracedSession()
        super().__init__(endpoint=endpoint, headers=headers, session=self._session)
        self._host = host
        self._lost = 0
        # its own log lines name neither the cause nor how many spans were lost
        logging.getLogger(OTLPSpanExporter.__module__).setLevel(logging.CRITICAL)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Sends a batch. Returns `FAILURE` if any span of it is lost."""
        # if some attempts were answered and the last was not, the last answer is the reason
        self._session.last_response = None
        result = self._client.export(encode_batch(spans))
        if not result.success:
            return self._count(len(spans), self._reason(result.status_code, result.error))
        rejected, message = self._partial_success()
        if rejected:
            return self._count(rejected, f"it accepted only part of a batch: {message or 'without a reason'}")
        return SpanExportResult.SUCCESS

    def _count(self, lost: int, reason: str) -> SpanExportResult:
        self._lost += lost
        log.error("%d spans are lost, %d since the start: %s: %s", lost, self._lost, self._host, reason)
        return SpanExportResult.FAILURE

    def _reason(self, status: int | None, error: Exception | None) -> str:
        response = self._session.last_response
        status = status or (None if response is None else response.status_code)
        if status is None:
            return f"no answer ({type(error).__name__})" if error is not None else "no answer in time"
        return f"it returned {status}: {_ADVICE.get(status, 'see its own log')}"

    def _partial_success(self) -> tuple[int, str]:
        """Returns how many spans of an accepted batch were rejected, and why."""
        response = self._session.last_response
        if response is None or not response.content or "protobuf" not in response.headers.get("Content-Type", ""):
            return 0, ""
        partial = ExportTraceServiceResponse.FromString(response.content).partial_success
        return partial.rejected_spans, partial.error_message
