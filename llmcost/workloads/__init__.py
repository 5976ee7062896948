"""Workloads in: from command-line flags and from YAML files, both through one description of a class of requests."""
