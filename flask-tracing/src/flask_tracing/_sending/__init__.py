"""Sends segment documents to the X-Ray daemon, within the size that X-Ray accepts."""
