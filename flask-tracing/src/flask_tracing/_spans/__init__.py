"""What records: the tracer provider, what a span may contain, trace ids, and the instrumentations that are loaded."""
