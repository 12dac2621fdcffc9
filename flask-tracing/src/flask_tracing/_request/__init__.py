"""What handles a request: the tracing middleware, the trace header, the server span."""
