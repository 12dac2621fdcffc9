"""What X-Ray gets: the documents that are made of spans, and the way they are sent."""
