"""A title or description: one string for everybody, or one for each locale."""

Text = str | dict[str, str]
"""`"Coffee"`, or `{"en": "Coffee", "id": "Kopi"}`, of which the first is the default."""


def in_locale(text: Text, locale: str = "") -> str:
    """The text in that BCP 47 locale, else in its language, else the default."""
    if isinstance(text, str):
        return text
    language = locale.split("-", maxsplit=1)[0]
    return text.get(locale) or text.get(language) or next(iter(text.values()), "")
