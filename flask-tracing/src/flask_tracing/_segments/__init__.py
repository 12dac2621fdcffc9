"""What X-Ray receives: the segment documents of spans, and how they are sent."""
