"""The API version is gone, or will be."""
