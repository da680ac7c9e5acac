"""Why points moved, in the reader's language, for whatever a ledger entry can name."""

from types import SimpleNamespace
from typing import Any

import pytest

from api import reasons
from api.context import Reader
from gamification.ledger import EntryKind

EDITION: Any = SimpleNamespace(rules={}, challenges={}, others={})


@pytest.mark.parametrize(
    ("subject", "kind", "english", "indonesian"),
    [
        ("adjustment", "ADJUST", "Adjusted by staff", "Disesuaikan oleh staf"),
        (
            "adjustment",
            "REVERSE",
            "Corrected: Adjusted by staff",
            "Koreksi: Disesuaikan oleh staf",
        ),
        ("write-off", "ADJUST", "A shortfall was written off", "Kekurangan poin dihapuskan"),
        ("transfer:out", "TRANSFER", "Given to another member", "Diberikan kepada anggota lain"),
        ("transfer:in", "TRANSFER", "Received from another member", "Diterima dari anggota lain"),
        (
            "transfer:in",
            "REVERSE",
            "Corrected: Received from another member",
            "Koreksi: Diterima dari anggota lain",
        ),
        ("payment:Lunch @ 12:00", "SPEND", "Paid: Lunch @ 12:00", "Dibayar: Lunch @ 12:00"),
        ("payment:{0}", "CAPTURE", "Paid: {0}", "Dibayar: {0}"),
        ("payment:Lunch", "HOLD", "Set aside: Lunch", "Disisihkan: Lunch"),
        ("payment:Lunch", "RELEASE", "Returned: Lunch", "Dikembalikan: Lunch"),
        ("payment:Lunch", "REVERSE", "Returned: Lunch", "Dikembalikan: Lunch"),
        ("reward:latte@1", "REVERSE", "Returned: Latte", "Dikembalikan: Latte"),
        ("partner:warung:Lunch", "SPEND", "Paid at warung: Lunch", "Dibayar di warung: Lunch"),
        (
            "partner:warung:Lunch",
            "REVERSE",
            "Returned: warung: Lunch",
            "Dikembalikan: warung: Lunch",
        ),
        ("rule:gone@1", "REVERSE", "Corrected: Gone", "Koreksi: Gone"),
        ("rule:gone@1", "CLAWBACK", "Taken back after a refund: Gone", None),
        ("something-else", "ADJUST", "Corrected: Points moved", "Koreksi: Poin berubah"),
    ],
)
def test_every_reason_is_a_sentence(subject, kind, english, indonesian):
    for locale, sentence in (("en", english), ("id-ID", indonesian)):
        reader = Reader(EDITION, EDITION, locale=locale, at=0, house="", won=None)
        if sentence is not None:
            assert reasons.sentence(subject, EntryKind(kind), reader) == sentence
