"""A rollout will stall, or take more down than meant."""
