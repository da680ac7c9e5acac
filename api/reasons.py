"""Why points moved, as a sentence in the reader's language.

A ledger entry's subject names its reason: `rule:per-dollar@1`, `challenge:summer@2`, `expiry`,
`reward:latte`, `campaign:trees`, `payment:Lunch`, `partner:warung:Lunch`, `transfer:in`,
`adjustment`, `write-off`. The kind of the entry says what was done for it.
"""

from typing import Final

from api import locales
from api.context import Reader
from gamification.ledger import EntryKind
from gamification.programme import DefinitionKind
from gamification.texts import Text

_SENTENCES: Final = {
    "en": {
        "rule": "{}",
        "challenge": "Challenge completed: {}",
        "reward": "Redeemed: {}",
        "campaign": "Donated to {}",
        "expiry": "Points expired",
        "debt": "A debt was settled",
        "payment": "Paid: {}",
        "partner": "Paid at {}",
        "transfer:out": "Given to another member",
        "transfer:in": "Received from another member",
        "adjustment": "Adjusted by staff",
        "write-off": "A shortfall was written off",
        EntryKind.CLAWBACK: "Taken back after a refund: {}",
        EntryKind.REVERSE: "Corrected: {}",
        EntryKind.ADJUST: "Corrected: {}",
        EntryKind.HOLD: "Set aside: {}",
        EntryKind.RELEASE: "Returned: {}",
        "other": "Points moved",
    },
    "id": {
        "rule": "{}",
        "challenge": "Tantangan selesai: {}",
        "reward": "Ditukar: {}",
        "campaign": "Donasi untuk {}",
        "expiry": "Poin kedaluwarsa",
        "debt": "Utang poin dilunasi",
        "payment": "Dibayar: {}",
        "partner": "Dibayar di {}",
        "transfer:out": "Diberikan kepada anggota lain",
        "transfer:in": "Diterima dari anggota lain",
        "adjustment": "Disesuaikan oleh staf",
        "write-off": "Kekurangan poin dihapuskan",
        EntryKind.CLAWBACK: "Ditarik kembali setelah pengembalian dana: {}",
        EntryKind.REVERSE: "Koreksi: {}",
        EntryKind.ADJUST: "Koreksi: {}",
        EntryKind.HOLD: "Disisihkan: {}",
        EntryKind.RELEASE: "Dikembalikan: {}",
        "other": "Poin berubah",
    },
}
# What is done to points for a reason that stands by itself, and is told together with it.
_DONE: Final = {
    EntryKind.CLAWBACK,
    EntryKind.REVERSE,
    EntryKind.ADJUST,
    EntryKind.HOLD,
    EntryKind.RELEASE,
}
# Reasons that no definition has a title for.
_WHOLE: Final = {"transfer:out", "transfer:in", "adjustment", "write-off"}
# What the member gave points for: undoing it returns them.
_SPENT: Final = {"reward", "payment", "partner"}


def sentence(subject: str, kind: EntryKind, reader: Reader) -> str:
    """Why an entry of this kind was posted."""
    words = _SENTENCES.get(locales.language(reader.locale), _SENTENCES[locales.DEFAULT])
    # A correction names what it corrects.
    named = subject.removeprefix("correction:")
    sort, _, rest = named.partition(":")
    if named in _WHOLE:
        whole = words[named]
        return words[kind].format(whole) if kind in _DONE - {EntryKind.ADJUST} else whole
    title = reader.say(_title(sort, rest, reader))
    if kind is EntryKind.REVERSE and sort in _SPENT:
        kind = EntryKind.RELEASE
    if kind in _DONE:
        return words[kind].format(title or words["other"])
    return words.get(sort, words["other"]).format(title)


def _title(sort: str, rest: str, reader: Reader) -> Text:
    if sort in ("payment", "partner"):
        # A partner's subject goes on with what was paid for there.
        return rest if sort == "payment" else rest.replace(":", ": ", 1)
    edition, key = reader.edition, rest.partition("@")[0]
    if sort == "rule" and key in edition.rules:
        return edition.rules[key].rule.title
    if sort == "challenge" and key in edition.challenges:
        return edition.challenges[key].challenge.title
    if sort == "reward" and (DefinitionKind.REWARD, key) in edition.others:
        return _text(edition.others[DefinitionKind.REWARD, key].body.title)
    if sort == "campaign" and (DefinitionKind.CAMPAIGN, key) in edition.others:
        return _text(edition.others[DefinitionKind.CAMPAIGN, key].body.title)
    return key.replace("-", " ").capitalize()


def _text(title: Text) -> Text:
    return title
