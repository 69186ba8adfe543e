"""The project's own exceptions; each carries one sentence that a user can act on."""


class InspectionError(Exception):
    """Base of all errors whose text may be shown to the user as it is.

    The sentence is made with `inspection.texts.text`, so that it can be shown in every language.
    """

    @property
    def sentence(self) -> str:
        """The sentence as it was made: a Text, where str(error) has only its English words."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


class PictureError(InspectionError):
    """A file that cannot be read as a picture; the sentence names the file."""


class WeightsError(InspectionError):
    """A weights file that cannot be used; the old weights stay in use."""


class SettingsError(InspectionError):
    """A value typed by the user that is out of range; the sentence names the range."""


class ArchiveError(InspectionError):
    """A ZIP that cannot be read, or holds more than its limit."""


class EntryError(ArchiveError):
    """One file in a ZIP that cannot be read; the others can."""
