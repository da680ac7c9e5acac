"""`piala import` takes retractions beside activities, in whatever order; `export` writes them."""

import asyncio
import json
import random
from fractions import Fraction
from pathlib import Path

import pytest

from gamification import engine
from kit import database
from kit.settings import settings
from piala.importing import Bad, Line, TakenBack, activities_of

AS_OF = ("--as-of", "2026-03-01T00:00:00Z")


def bought(source, minor, *, member="sari", on="2026-02-01"):
    return {
        "source": source,
        "member": member,
        "kind": "purchase",
        "occurred_at": f"{on}T00:00:00Z",
        "amount": {"minor": minor, "currency": "USD"},
        "attributes": {"discs": 2},
    }


def back(source, target, *, on="2026-02-10", **taken):
    said = {"source": target, **taken}
    return {"retract": said, "occurred_at": f"{on}T00:00:00Z", "source": source}


def usd(minor):
    return {"minor": minor, "currency": "USD"}


FILE = [
    bought("p1", 1_000),
    bought("p2", 1_177, member="budi"),
    bought("p3", 2_000, on="2026-02-03"),
    bought("p4", 4_000, member="ayu"),
    back("r1", "p1"),
    back("r2", "p2", amount=usd(500), reason="scratched"),
    back("r3", "p2", on="2026-02-11"),
    back("r4", "p3", fraction=0.5),
    back("r5", "p4", fraction=0.25, on="2026-04-01"),
]


def read(change):
    [found] = activities_of([Line(1, json.dumps(back("r", "p") | change))], None)
    return found


def imported(cli, lines):
    Path("some.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return cli("import", "some.jsonl")


def stats(shop):
    return json.loads(shop("stats", "--json", *AS_OF).stdout)


def digest(shop):
    answer = shop("audit", "--digest", *AS_OF)
    assert answer.exit_code == 0, answer.output
    return answer.stdout.splitlines()[-2]


@pytest.fixture
def elsewhere(shop, monkeypatch, tmp_path):
    """Call it, and the commands go on with an empty SQLite database and the same programme."""

    def turn():
        monkeypatch.setenv("PIALA_DATABASE_URL", f"sqlite://{tmp_path}/elsewhere.db")
        settings.cache_clear()
        assert shop("migrate").exit_code == 0
        assert shop("programme", "apply", "shop.yaml").exit_code == 0

    return turn


def test_what_was_taken_back_is_gone_and_what_is_left_counts(shop):
    answer = imported(shop, FILE)
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout.startswith("accepted 9, replayed 0, rejected 0; 9 settled\n")
    found = stats(shop)
    assert found["members"] == 3
    # Half of p3, and the whole of p4, whose refund was not yet made on that day.
    assert found["points_issued"] == 10 + 40
    assert found["badges"]["first"] == 2
    assert [one["score"] for one in found["leaderboards"]["spenders"]] == [4000, 1000]
    digest(shop)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_lines_makes_no_difference(shop, elsewhere, seed):
    more = [back("r6", "p1", on="2026-02-09", fraction=0.6), back("r7", "p3", fraction=0.6)]
    first = imported(shop, FILE + more)
    assert first.stderr == "line 11: fraction: at most 0.5 of it is left\n"
    before, exported = digest(shop), shop("export").stdout
    lines = FILE + more
    random.Random(seed).shuffle(lines)
    elsewhere()
    again = imported(shop, lines)
    assert digest(shop) == before
    assert shop("export").stdout == exported
    assert again.stderr.endswith(": fraction: at most 0.5 of it is left\n")
    assert "rejected 1;" in again.stdout


def test_the_same_file_twice_changes_nothing(shop):
    imported(shop, FILE)
    before = digest(shop)
    answer = imported(shop, reversed(FILE))
    assert answer.stdout.startswith("accepted 0, replayed 9, rejected 0; 0 settled\n")
    assert digest(shop) == before


def test_what_cannot_be_taken_back_is_told_by_line_and_the_rest_proceeds(shop):
    bad = [
        back("b1", "nothing"),
        back("b2", "r1"),
        back("b3", "p1"),
        back("b4", "p3", fraction=0.6),
        back("b5", "p3", amount=usd(1_001)),
        back("b6", "p3", amount={"minor": 1, "currency": "EUR"}),
        back("r4", "p3", fraction=0.4),
        back("p1", "p3"),
        back("b9", "p3", reason=""),
    ]
    imported(shop, FILE)
    before = digest(shop)
    answer = imported(shop, bad)
    assert answer.exit_code == 1
    assert answer.stdout.startswith("accepted 0, replayed 0, rejected 9; 0 settled\n")
    assert sorted(answer.stderr.splitlines()) == [
        "line 1: There is no activity 'nothing'.",
        "line 2: activity: is itself a retraction, which nothing can take back",
        "line 3: All of the activity is already resolved.",
        "line 4: fraction: at most 0.5 of it is left",
        "line 5: amount: must be from 1 to 1,000 minor units: what is left",
        "line 6: amount.currency: the activity was about USD",
        "line 7: The key 'r4' was used before with other content.",
        "line 8: The key 'p1' was used before with other content.",
        "line 9: reason: must be from 1 to 500 characters",
    ]
    assert digest(shop) == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"source": ""}, "there is no source"),
        ({"source": "r" * 301}, "the source is longer than 300 characters"),
        ({"source": "a\0b"}, "holds a NUL character"),
        ({"occurred_at": "soon"}, "'soon' is not a time such as 1997-01-01T00:00:00Z"),
        ({"member": "sari"}, "unknown field `member`"),
        ({"retract": "p"}, "Expected `object`, got `str` - at `$.retract`"),
        ({"retract": {}}, "missing required field `source`"),
        ({"retract": {"source": ""}}, "there is no retract.source"),
        ({"retract": {"source": "p", "part": 1}}, "unknown field `part`"),
        (
            {"retract": {"source": "p", "fraction": "NaN"}},
            'retract.fraction is "NaN" and no number',
        ),
        ({"retract": {"source": "p", "fraction": float("nan")}}, "JSON is malformed"),
        ({"retract": {"source": "p", "fraction": True}}, "retract.fraction is true and no number"),
        ({"retract": {"source": "p", "amount": {"minor": 5}}}, "missing required field `currency`"),
        ({"retract": {"source": "p", "amount": {"minor": 0.5, "currency": "USD"}}}, "got `float`"),
        ({"retract": {"source": "p", "reason": "a\0b"}}, "holds a NUL character"),
    ],
)
def test_a_shape_that_is_none_makes_the_line_bad(change, reason):
    found = read(change)
    assert isinstance(found, Bad)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("taken", "reason"),
    [
        ({"fraction": 0}, "fraction: must be above 0 and at most 1"),
        ({"fraction": 1.5}, "fraction: must be above 0 and at most 1"),
        ({"fraction": -0.5}, "fraction: must be above 0 and at most 1"),
        ({"fraction": 0.5, "amount": usd(5)}, "amount: give a fraction or an amount, not both"),
        ({"amount": usd(0)}, "amount: must be from 1 to 1,000 minor units: what is left"),
    ],
)
def test_a_part_that_is_none_is_refused(shop, taken, reason):
    answer = imported(shop, [back("r", "p1", **taken), bought("p1", 1_000)])
    assert answer.stderr == f"line 1: {reason}\n"
    assert answer.exit_code == 1
    assert stats(shop)["points_issued"] == 10


@pytest.mark.parametrize(
    ("fraction", "share"),
    [
        ("0.3", Fraction(3, 10)),
        ("1", Fraction(1)),
        ("5e-1", Fraction(1, 2)),
        ("null", None),
    ],
)
def test_a_fraction_is_what_is_written(fraction, share):
    line = json.dumps(back("r", "p", fraction=7)).replace(": 7", f": {fraction}")
    [found] = activities_of([Line(1, line)], None)
    assert isinstance(found, TakenBack)
    assert found.retracting.share == share


def test_an_activity_may_have_an_attribute_of_that_name():
    one = bought("p", 5) | {"attributes": {"retract": 1}}
    [found] = activities_of([Line(1, json.dumps(one))], None)
    assert found.recording.attributes == {"retract": 1}


def test_exported_here_and_imported_there_it_comes_to_the_same(shop, elsewhere):
    imported(shop, FILE)
    asyncio.run(_as_the_api_does())
    assert shop("audit").exit_code == 0
    before = digest(shop)
    shop("export", "all.jsonl")
    lines = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
    assert [one["source"] for one in lines if "retract" in one][-4:] == ["r4", "r5", "t1", "t2"]
    assert lines[-2]["retract"] == {"source": "till", "fraction": 0.333333, "reason": "a third"}

    answer = shop("import", "all.jsonl")
    assert answer.exit_code == 0, answer.stderr
    assert f"accepted 0, replayed {len(lines)}, rejected 0" in answer.stdout

    random.Random(7).shuffle(lines)
    elsewhere()
    assert imported(shop, lines).exit_code == 0
    assert digest(shop) == before
    assert sorted(shop("export").stdout.splitlines()) == sorted(
        Path("all.jsonl").read_text().splitlines()
    )


async def _as_the_api_does():
    async with database.connected():
        till = engine.Recording(
            external_id="sari",
            kind="purchase",
            source="till",
            occurred_at=1_769_904_000_000_000,
            amount=1_000,
            currency="USD",
        )
        [answer] = await engine.record([till], trusted=True)
        third = Fraction(1, 3)
        await engine.retract(source="t1", reason="a third", target_source="till", share=third)
        await engine.retract(source="t2", reason="the rest", target_source="till")
        await engine.settle([answer.entry.member_id])
