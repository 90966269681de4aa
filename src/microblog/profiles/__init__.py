"""Profiles: what members say, their pictures, and when they were last here. The front door of the room."""

from microblog.profiles.avatars import Picture, avatar_of, keep_avatar, remove_avatar
from microblog.profiles.change_username import change_username
from microblog.profiles.changing import SEEN_EVERY, Changed, change_profile, note_seen
from microblog.profiles.errors import LONGEST_ABOUT, AboutRefused, AboutTooLong, AboutUnreadable, PictureRefused
from microblog.profiles.models import Avatar, Profile
from microblog.profiles.pictures import LARGEST_FILE, file_too_large, make_avatar
from microblog.profiles.reading import Portrait, export, profile_of

__all__ = [
    "LARGEST_FILE",
    "LONGEST_ABOUT",
    "SEEN_EVERY",
    "AboutRefused",
    "AboutTooLong",
    "AboutUnreadable",
    "Avatar",
    "Changed",
    "Picture",
    "PictureRefused",
    "Portrait",
    "Profile",
    "avatar_of",
    "change_profile",
    "change_username",
    "export",
    "file_too_large",
    "keep_avatar",
    "make_avatar",
    "note_seen",
    "profile_of",
    "remove_avatar",
]
