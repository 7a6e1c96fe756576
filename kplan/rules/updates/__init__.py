"""The API server refuses the change."""
