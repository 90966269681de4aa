"""The common part of subscription emails; they are declared in the packages of their events."""
