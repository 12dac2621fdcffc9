"""Sampling: by X-Ray's rules for X-Ray, by a ratio of trace IDs for the OTLP endpoint."""
