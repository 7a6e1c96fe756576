"""Two objects claim the same thing."""
