"""What the OTLP endpoint gets: batches of spans, in OTLP's protobuf encoding over HTTP."""
