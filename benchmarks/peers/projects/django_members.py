"""Make the tables of a Django project and so many members, whose addresses are confirmed."""

import sys

import django
from django.apps import apps
from django.core.management import call_command

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402 - after the setup, as all of Django's models
from django.contrib.auth.models import User  # noqa: E402

call_command("migrate", verbosity=0)
password = make_password("seven small boats in the fog")
names = [f"member{number}" for number in range(int(sys.argv[1]))]
User.objects.bulk_create([User(username=name, email=f"{name}@example.com", password=password) for name in names])
if apps.is_installed("allauth.account"):
    EmailAddress = apps.get_model("account", "EmailAddress")
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in User.objects.all()]
    )
