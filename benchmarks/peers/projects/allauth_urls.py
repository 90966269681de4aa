"""The reset view of allauth, at /accounts/password/reset/."""

from django.urls import include, path

urlpatterns = [path("accounts/", include("allauth.urls"))]
