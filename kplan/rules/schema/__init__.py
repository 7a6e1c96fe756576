"""The API knows no such field, kind or type of value."""
