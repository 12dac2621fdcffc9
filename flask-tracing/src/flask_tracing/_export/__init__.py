"""What the OTLP endpoint receives: batches of spans, as OTLP's protobuf over HTTP."""
