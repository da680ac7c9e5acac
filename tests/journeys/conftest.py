"""Journeys go by the command line too."""

from tests.piala.conftest import cli

__all__ = ["cli"]
