"""What was decided once and is contradicted in the journal is told."""

import pytest

from gamification.engine.auditing.decisions import fault
from gamification.journal import WHOLE, Entry, EntryType, Facts


def entry(source, type, target="", **facts):
    return Entry(
        id=source,
        member_id="m",
        type=EntryType(type),
        kind="",
        source=source,
        at=0,
        facts=Facts(**facts),
        target=target,
    )


BOUGHT = entry("p", "ACTIVITY", amount=100, currency="IDR")
HELD = entry("h", "HOLD", points=10)
SPENT = entry("s", "SPEND", points=7)
CAPTURED = entry("c", "CAPTURE", "h")


def retracted(target, source="r", **facts):
    return entry(source, "RETRACTION", target, **facts)


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [BOUGHT, HELD, SPENT, CAPTURED],
        [HELD, entry("c", "CAPTURE", "h", points=10)],
        [HELD, entry("c", "RELEASE", "h")],
        [BOUGHT, retracted("p", share=WHOLE)],
        [BOUGHT, *(retracted("p", f"r{n}", share=WHOLE // 4) for n in range(4))],
        [BOUGHT, retracted("p", amount=60), retracted("p", "r2", amount=40, share=1)],
        [SPENT, retracted("s", points=3), retracted("s", "r2", points=4)],
        [HELD, CAPTURED, retracted("c", points=10)],
        [entry("a", "ADJUSTMENT", points=-5), retracted("a", points=5)],
    ],
)
def test_a_journal_that_agrees_with_itself_has_no_fault(entries):
    assert fault(entries) == ""


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        (
            [HELD, CAPTURED, entry("d", "RELEASE", "h")],
            "hold h is resolved by c and by d",
        ),
        ([CAPTURED], "c resolves h, which is no hold"),
        ([SPENT, entry("c", "CAPTURE", "s")], "c resolves s, which is no hold"),
        ([HELD, entry("c", "CAPTURE", "h", points=11)], "c pays out 11 of 10 held"),
        ([retracted("p", share=1)], "p is taken back, and never was"),
        (
            [BOUGHT, retracted("p", share=WHOLE), retracted("p", "r2", share=1)],
            "p is taken back by more than the whole",
        ),
        (
            [BOUGHT, retracted("p", amount=60), retracted("p", "r2", amount=41)],
            "p is taken back by 101, more than its 100",
        ),
        (
            [SPENT, retracted("s", points=4), retracted("s", "r2", points=4)],
            "s is taken back by 8, more than its 7",
        ),
        ([HELD, CAPTURED, retracted("c", points=11)], "c is taken back by 11, more than its 10"),
    ],
)
def test_the_first_contradiction_is_told(entries, problem):
    assert fault(entries) == problem
