"""Measurements of this house beside its peers: `make bench`."""
