"""terraform plan for Kubernetes manifests."""
