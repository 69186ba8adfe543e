"""The error of this package."""

from inspection.errors import InspectionError


class RadiometricError(InspectionError):
    """A radiometric file that is damaged or needs something; the sentence says what."""
