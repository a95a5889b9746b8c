"""Programs the benches run in a process of their own, with nothing on the path but the package and AWS's runtime."""
