"""The API server refuses the value."""
