"""The same work on many machines: Ray Data hands out the files, results become Parquet and pictures."""
