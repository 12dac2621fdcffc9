"""What a request passes: the tracing middleware, the trace header, the server span."""
