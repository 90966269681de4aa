"""Every setting, declared in one place and read once from the environment. Invalid settings stop startup, by name."""

from microblog.settings.environment import is_utf8, load
from microblog.settings.errors import SettingsError
from microblog.settings.mail import MailSettings
from microblog.settings.readers import UNLIMITED, PublicUrl, Rate, Sender
from microblog.settings.site import BY_NAME, DEFAULT_PORT, SETTINGS, Settings

__all__ = [
    "BY_NAME",
    "DEFAULT_PORT",
    "SETTINGS",
    "UNLIMITED",
    "MailSettings",
    "PublicUrl",
    "Rate",
    "Sender",
    "Settings",
    "SettingsError",
    "is_utf8",
    "load",
]
