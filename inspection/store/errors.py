"""What can go wrong with saved runs."""

from inspection.errors import InspectionError


class StoreError(InspectionError):
    """A run could not be saved, read or removed; the analysis itself is not affected."""
