"""A world in the database: a published programme, members, and what they do."""

import itertools

from gamification import engine, programme
from gamification.engine import Recorded, Recording
from gamification.members import Enrolment
from gamification.programme import DefinitionKind, Ref
from kit import database as db

_numbers = itertools.count(1)

POINTS = ("CURRENCY", {"key": "points", "name": "Points", "main": True})
PURCHASE = ("ACTIVITY_KIND", {"key": "purchase", "title": "Purchase", "amount": {"required": True}})
ONE_TO_ONE = (
    "EARNING_RULE",
    {
        "key": "one-to-one",
        "title": "A point for each unit",
        "kind": "purchase",
        "currency": "points",
        "earn": {"points": 1, "per": 1, "of": "amount"},
    },
)
GROUND = (POINTS, PURCHASE, ONE_TO_ONE)


async def define(*bodies):
    """Draft definitions; their references."""
    drafts = [
        await programme.define(DefinitionKind(kind), body, by="test") for kind, body in bodies
    ]
    return [Ref(one.kind, one.key, one.version) for one in drafts]


async def publish(*bodies, **how):
    """Define and publish, all at once."""
    return await programme.publish(await define(*bodies), by="test", **how)


async def enrol(external_id="", **facts):
    """Enrol a member; the id."""
    external_id = external_id or f"member-{next(_numbers)}"
    enrolment = Enrolment(external_id=external_id, display_name=external_id, **facts)
    return (await engine.enrol(enrolment)).member.id


def bought(member_id, amount=100, source="", **facts):
    """A purchase to be recorded."""
    money = {} if amount is None else {"amount": amount, "currency": "IDR"}
    said = {"kind": "purchase", "source": source or f"p{next(_numbers)}", **money, **facts}
    return Recording(member_id=member_id, **said)


async def record(*recordings, **how):
    """Record and settle; the entries."""
    answers = await engine.record(recordings, **how)
    assert all(isinstance(one, Recorded) for one in answers), answers
    await engine.settle([one.entry.member_id for one in answers])
    return [one.entry for one in answers]


async def buy(member_id, amount=100, source="", **facts):
    """Record and settle a purchase; its entry."""
    [entry] = await record(bought(member_id, amount, source, **facts))
    return entry


async def spend(member_id, points, source="", account="redemption", currency="points"):
    """Spend points."""
    return await engine.spend(
        member_id,
        points=points,
        currency=currency,
        account=account,
        subject="reward:tea",
        source=source or f"spend-{next(_numbers)}",
    )


async def balance(member_id, currency="points"):
    """What the member can spend now."""
    view = await engine.standing_of(member_id)
    wallet = view.standing.wallets.get(currency)
    return wallet.balance(view.at) if wallet else 0


async def assert_sound():
    """The audit finds nothing."""
    report = await engine.audit(digest=False)
    assert report.ok, [check for check in report.checks if not check.ok]


TABLES = ("member", "journal_entry", "pending", "set_aside", "dead_letter", "standing")
TABLES += ("ledger_entry", "effect", "score", "definition", "programme_revision", "outbox")
TABLES += ("adjustment_request", "adjustment_decision", "transfer", "set_aside_decision")


async def everything():
    """All rows of all tables, to see that nothing changed."""
    return {
        table: sorted(map(repr, map(tuple, await db.fetch(f"SELECT * FROM {table}"))))
        for table in TABLES
    }
