"""Guards: what the code never does with points, definitions and standings, the database refuses."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kit.migrating import PerDialect

AMOUNT_MAX = 1_000_000_000_000_000
"""More than all that a row can move, and less than what JSON can carry in a number."""

_PLAIN = ("issuance", "breakage", "redemption", "adjustment", "transfer", "write-off")
_KEYED = ("charity", "campaign", "pool", "partner")


def _one_of(column: str, plain: Sequence[str], keyed: Sequence[str] = ()) -> str:
    """Whether an account is one of these, or one of those that have a key behind a colon."""
    cases = [f"{column} = '{name}'" for name in plain]
    for name in keyed:
        begins = f"substr({column}, 1, {len(name) + 1}) = '{name}:'"
        cases.append(f"({begins} AND length({column}) > {len(name) + 1})")
    return f"({' OR '.join(cases)})"


_FUNDS = (("issuance",), ("campaign", "pool", "partner"))
_SHOPS = (("redemption",), ("campaign", "pool", "partner"))
_HOLD = "(debit = 'member' AND credit = 'member:held')"
_RELEASE = "(debit = 'member:held' AND credit = 'member')"

# Which accounts an entry of a kind moves points between.
_SIDES: Mapping[str, str] = {
    "EARN": f"{_one_of('debit', *_FUNDS)} AND credit = 'member'",
    "CLAWBACK": f"debit = 'member' AND {_one_of('credit', *_FUNDS)}",
    "SPEND": f"debit = 'member' AND {_one_of('credit', *_SHOPS)}",
    "DONATE": f"debit IN ('member', 'member:held') AND {_one_of('credit', (), ('charity',))}",
    "EXPIRE": "debit = 'member' AND credit = 'breakage'",
    "ADJUST": "(debit = 'member' AND credit IN ('adjustment', 'write-off'))"
    " OR (debit IN ('adjustment', 'write-off') AND credit = 'member')",
    "TRANSFER": "(debit = 'member' AND credit = 'transfer')"
    " OR (debit = 'transfer' AND credit = 'member')",
    "HOLD": _HOLD,
    "CAPTURE": f"debit = 'member:held' AND {_one_of('credit', *_SHOPS)}",
    "RELEASE": _RELEASE,
    "REVERSE": f"{_HOLD} OR {_RELEASE}"
    f" OR (debit IN ('member', 'member:held') AND {_one_of('credit', _PLAIN, _KEYED)})"
    f" OR (credit IN ('member', 'member:held') AND {_one_of('debit', _PLAIN, _KEYED)})",
}

_LEDGER = (
    "((" + " OR ".join(f"(kind = '{kind}' AND ({sides}))" for kind, sides in _SIDES.items()) + ")"
    f" AND amount <= {AMOUNT_MAX} AND currency <> '' AND key <> '')"
)
_NET = """
    SELECT coalesce(sum(CASE WHEN debit = NEW.credit THEN amount ELSE -amount END), 0)
    FROM ledger_entry WHERE member_id = NEW.member_id AND key = NEW.key
        AND currency = NEW.currency
        AND ((debit = NEW.credit AND credit = NEW.debit)
            OR (debit = NEW.debit AND credit = NEW.credit))
"""
_IN_EFFECT = """
    SELECT coalesce(sum(change), 0) FROM effect WHERE member_id = NEW.member_id AND key = NEW.key
"""
_NAMED = "SELECT 1 FROM journal_entry WHERE source = NEW.target AND member_id = NEW.member_id"


class _Guard(NamedTuple):
    """What a table refuses: of rows like these (a plain condition), those of which that is true."""

    table: str
    event: str
    rows: str
    refused: str
    words: str


_PUBLISHED = "definition stays as it was published"
_GUARDS = (
    _Guard(
        "ledger_entry",
        "INSERT",
        "NEW.kind IN ('REVERSE', 'CLAWBACK')",
        f"NEW.amount > ({_NET})",
        "ledger_entry takes back more than there is",
    ),
    _Guard(
        "effect",
        "INSERT",
        "NEW.change <> 1",
        f"({_IN_EFFECT}) <> 1",
        "effect takes back what is not in effect",
    ),
    _Guard(
        "journal_entry",
        "INSERT",
        "NEW.target <> ''",
        f"NOT EXISTS ({_NAMED})",
        "journal_entry is about no entry of this member",
    ),
    _Guard("definition", "UPDATE", "OLD.state = 'PUBLISHED'", "1 = 1", _PUBLISHED),
    _Guard("definition", "DELETE", "OLD.state = 'PUBLISHED'", "1 = 1", _PUBLISHED),
    _Guard(
        "programme_head",
        "UPDATE",
        "NEW.revision < OLD.revision",
        "1 = 1",
        "programme_head moves on",
    ),
    _Guard("programme_head", "DELETE", "1 = 1", "1 = 1", "programme_head is one"),
    _Guard(
        "standing",
        "UPDATE",
        "(NEW.member_id <> OLD.member_id OR NEW.revision < OLD.revision)",
        "1 = 1",
        "standing moves on",
    ),
    _Guard("dead_letter", "UPDATE", "1 = 1", "1 = 1", "dead_letter stays as it was written"),
    _Guard("pending", "UPDATE", "1 = 1", "1 = 1", "pending stays as it was written"),
)


def _guard(number: int, guard: _Guard) -> PerDialect:
    name = f"{guard.table}_guard_{number}"
    when = f"{guard.rows} AND {guard.refused}"
    refusal = f"BEGIN SELECT RAISE(ABORT, '{guard.words}'); END"
    return PerDialect(
        sqlite=[
            f"CREATE TRIGGER {name} BEFORE {guard.event} ON {guard.table} WHEN {when} {refusal}"
        ],
        postgres=[
            f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {guard.refused} THEN
                    RAISE EXCEPTION '{guard.words}'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN {"OLD" if guard.event == "DELETE" else "NEW"};
            END $$
            """,
            f"CREATE TRIGGER {name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW"
            f" WHEN ({guard.rows}) EXECUTE FUNCTION {name}()",
        ],
    )


_OF_NEW = re.sub(r"\b(kind|amount|currency|key|debit|credit)\b", r"NEW.\1", _LEDGER)

UP = [
    # Of what comes from now on: a ledger only grows, so what is in it stays as it is.
    PerDialect(
        sqlite=[
            f"CREATE TRIGGER ledger_entry_moves_as_its_kind_says BEFORE INSERT ON ledger_entry"
            f" WHEN NOT coalesce({_OF_NEW}, 0)"
            f" BEGIN SELECT RAISE(ABORT, 'ledger_entry does not move so'); END"
        ],
        postgres=[
            "ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_moves_as_its_kind_says"
            f" CHECK ({_LEDGER}) NOT VALID"
        ],
    ),
    *(_guard(number, guard) for number, guard in enumerate(_GUARDS)),
]
