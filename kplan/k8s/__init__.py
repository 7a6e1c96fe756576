"""Pure arithmetic of the API."""
