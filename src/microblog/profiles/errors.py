"""Errors of changing a profile."""

from microblog.refusals import Refusal

LONGEST_ABOUT = 140  # characters, as people count them


class AboutRefused(Refusal):
    """The description cannot be kept."""


class AboutTooLong(AboutRefused):
    """It has more than `longest` characters; how many is only said where they were counted (`length`)."""

    code = "about_too_long"


class AboutUnreadable(AboutRefused):
    """It has characters that nobody could read, or that cannot be kept."""

    code = "about_unreadable"


class PictureRefused(Refusal):
    """The upload cannot be an avatar."""


class PictureTooLarge(PictureRefused):
    """The file has more than so many `megabytes`."""

    code = "picture_too_large"


class PicturesBusy(PictureRefused):
    """Too many pictures are being read at once."""

    code = "pictures_busy"


class PictureDamaged(PictureRefused):
    """It cannot be decoded to its end."""

    code = "picture_damaged"


class NotAPicture(PictureRefused):
    """It is in no format that is known here."""

    code = "not_a_picture"


class PictureFormat(PictureRefused):
    """It is in a `format` that is known here and not read."""

    code = "picture_format"


class PictureTooWide(PictureRefused):
    """It has `width` by `height` pixels, more than `most_side` on one side or so many `megapixels` in all."""

    code = "picture_too_wide"


class PictureTooSmall(PictureRefused):
    """It has `width` by `height` pixels, less than `least_side` on one side."""

    code = "picture_too_small"


class PictureInParts(PictureRefused):
    """The file is made of more parts than a picture has."""

    code = "picture_in_parts"
