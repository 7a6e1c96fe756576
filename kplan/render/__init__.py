"""Charts to manifests whose positions point into the templates."""
