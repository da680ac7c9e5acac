import pytest

from gamification.texts import in_locale

BOTH = {"en": "Coffee", "id": "Kopi", "pt-BR": "Café"}


@pytest.mark.parametrize(
    "text, locale, expected",
    [
        ("Coffee", "id", "Coffee"),
        (BOTH, "id", "Kopi"),
        (BOTH, "id-ID", "Kopi"),
        (BOTH, "pt-BR", "Café"),
        (BOTH, "pt", "Coffee"),
        (BOTH, "fr", "Coffee"),
        (BOTH, "", "Coffee"),
        ({"en": "Coffee", "id": ""}, "id", "Coffee"),
        ({}, "id", ""),
    ],
)
def test_a_text_is_read_in_the_locale_its_language_or_the_default(text, locale, expected):
    assert in_locale(text, locale) == expected


def test_without_a_locale_the_first_text_is_taken():
    assert in_locale(BOTH) == "Coffee"
