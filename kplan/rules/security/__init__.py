"""The object may do more than it should."""
