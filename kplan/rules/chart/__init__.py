"""The text is no YAML that Kubernetes can read."""
