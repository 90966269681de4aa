"""django-allauth, as its own guide sets it up, without its limits."""

from django_settings import *  # noqa: F403 - a project's settings are a module of names
from django_settings import CONTEXT, INSTALLED_APPS, MIDDLEWARE, TEMPLATES  # noqa: F401

ROOT_URLCONF = "allauth_urls"
INSTALLED_APPS += ["allauth", "allauth.account"]
MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_RATE_LIMITS = False
