"""Runs that are kept: a database of records (SQLite) and a folder of files that never disagree."""
