"""Addresses that are not quite right, and files of the site."""
