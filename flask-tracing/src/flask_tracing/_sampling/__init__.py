"""What decides which traces are recorded: X-Ray's rules for X-Ray, a share by trace id for the OTLP endpoint."""
