"""Profiles: what members say about themselves, their avatars, and when they were last here."""

from microblog.profiles.avatars import Picture, avatar_of
from microblog.profiles.changing import SEEN_EVERY, ProfileEdit, edit_profile, record_last_seen, store_about
from microblog.profiles.errors import LONGEST_ABOUT, AboutRefused, PictureRefused
from microblog.profiles.pictures import LARGEST_FILE, file_too_large
from microblog.profiles.reading import Portrait, profile_of

__all__ = [
    "LARGEST_FILE",
    "LONGEST_ABOUT",
    "SEEN_EVERY",
    "AboutRefused",
    "Picture",
    "PictureRefused",
    "Portrait",
    "ProfileEdit",
    "avatar_of",
    "edit_profile",
    "file_too_large",
    "profile_of",
    "record_last_seen",
    "store_about",
]
