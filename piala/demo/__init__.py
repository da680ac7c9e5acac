"""The demo: Kopi Piala, a chain of coffee shops with 200 members and half a year behind it."""

from piala.demo.introducing import SETTINGS, introduction
from piala.demo.loading import WEEKS, Loaded, is_loaded, load

__all__ = ["SETTINGS", "WEEKS", "Loaded", "introduction", "is_loaded", "load"]
