"""Benchmarks: each prints its data, machine, version and method, and reports ratios to reference lines."""
