"""What X-Ray receives: the segment documents of spans."""
