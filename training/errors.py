"""Errors of a training, each with one sentence that says what to do."""

from inspection.errors import InspectionError


class TrainingError(InspectionError):
    """A training that cannot start or go on; what was trained so far stays on the disk."""


class DataError(TrainingError):
    """A data set that cannot be trained on."""
