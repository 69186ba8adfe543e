"""What can go wrong with a video, as a sentence."""

from inspection.errors import InspectionError


class VideoError(InspectionError):
    """A video that cannot be read or written; the sentence names the file where there is one."""
