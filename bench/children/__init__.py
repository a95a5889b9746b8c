"""Programs that benches run in a process of their own, with only the package and AWS's runtime on the import path."""
