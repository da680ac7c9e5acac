"""Texts that people read, in one or several languages."""

from gamification.texts.text import Text, in_locale

__all__ = ["Text", "in_locale"]
