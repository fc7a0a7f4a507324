"""What runs in the peers' own environment. Nothing of this house is imported here but `bench.child`."""
