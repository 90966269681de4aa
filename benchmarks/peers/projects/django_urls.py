"""The reset view of Django itself, at /password_reset/."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("", include("django.contrib.auth.urls"))]
