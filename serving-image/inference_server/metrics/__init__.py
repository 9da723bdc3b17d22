"""Counts of what was answered, as CloudWatch and Prometheus read them."""
