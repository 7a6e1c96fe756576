"""Go templates to Jinja, as far as it can be done mechanically."""
