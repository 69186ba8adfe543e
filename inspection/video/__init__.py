"""Videos: read, followed, measured and written so that browsers play them. Nothing here imports torch."""
