"""Benchmarks: whole commands, measured in CPU seconds and peak memory, alternating with a peer in one run."""
