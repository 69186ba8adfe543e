"""Boxes drawn by hand for real pictures that are not part of the project, found again by their content."""
