"""Runs that are spread over the workers of a Dask cluster; what they know stands in the store, never in the cluster."""
