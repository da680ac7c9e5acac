"""`piala import` takes what can be taken, once, and says what cannot; `export` gives it back."""

import gzip
import json
import random
from pathlib import Path

import pytest

from tests.piala.conftest import CSV

AS_OF = ("--as-of", "2026-03-01T00:00:00Z")
EXPECTED = {
    "members": 2,
    "activities": 3,
    "points_issued": 79,
    "tiers": {"bronze": 1, "silver": 1},
    "badges": {"collector": {"bronze": 1, "silver": 0}, "first": 2},
    "challenges": {},
    "streaks": {},
    "leaderboards": {
        "spenders": [
            {"rank": 1, "member": "budi", "score": 6000},
            {"rank": 2, "member": "sari", "score": 2049},
        ]
    },
}


def stats(shop):
    return json.loads(shop("stats", "--json", *AS_OF).stdout)


def digest(shop):
    answer = shop("audit", "--digest", *AS_OF)
    assert answer.exit_code == 0, answer.output
    return answer.stdout.splitlines()[-2]


def lines(path, found):
    Path(path).write_text("".join(json.dumps(one) + "\n" for one in found))


def test_a_csv_file_is_recorded_and_settled(shop):
    answer = shop("import", "shop.csv", "--mapping", "mapping.yaml")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout.startswith("accepted 3, replayed 0, rejected 0; 3 settled\n")
    assert stats(shop) == EXPECTED


def test_importing_twice_changes_nothing(shop):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    before = digest(shop)
    answer = shop("import", "shop.csv", "--mapping", "mapping.yaml")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("accepted 0, replayed 3, rejected 0; 0 settled\n")
    assert (stats(shop), digest(shop)) == (EXPECTED, before)


def test_what_is_exported_can_be_imported_in_any_order(shop):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    before = digest(shop)
    exported = shop("export").stdout.splitlines()
    assert json.loads(exported[0]) == {
        "source": "shop:000002",
        "member": "sari",
        "kind": "purchase",
        "occurred_at": "2026-02-01T00:00:00Z",
        "amount": {"minor": 1250, "currency": "USD"},
        "channel": "IMPORT",
        "attributes": {"discs": 2},
    }
    random.Random(1).shuffle(exported)
    Path("again.jsonl.gz").write_bytes(gzip.compress("\n".join(exported).encode()))
    answer = shop("import", "again.jsonl.gz")
    assert answer.stdout.startswith("accepted 0, replayed 3, rejected 0")
    assert digest(shop) == before


def test_a_file_is_exported_too(shop, tmp_path):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    assert shop("export", "all.jsonl").stdout == ""
    assert Path("all.jsonl").read_text() == shop("export").stdout


def test_what_cannot_be_taken_is_told_by_line_and_the_rest_proceeds(shop):
    bad = "ayu,2026-02-31,1.00,1\n\nayu,2026-02-01,1.00\nayu,2026-02-02,1.00,0\n"
    Path("shop.csv").write_text(CSV + bad)
    answer = shop("import", "shop.csv", "--mapping", "mapping.yaml", "--rejected", "bad.jsonl")
    assert answer.exit_code == 1
    assert answer.stdout.startswith("accepted 3, replayed 0, rejected 3, 1 blank; 3 settled\n")
    assert answer.stderr.splitlines() == [
        "line 5: '2026-02-31' is not a time of the form ISO 8601",
        "line 7: has 3 columns instead of 4",
        "line 8: attributes.discs: must be at least 1",
    ]
    rejected = [json.loads(line) for line in Path("bad.jsonl").read_text().splitlines()]
    assert [one["line"] for one in rejected] == [5, 7, 8]
    assert rejected[1] == {
        "line": 7,
        "reason": "has 3 columns instead of 4",
        "text": "ayu,2026-02-01,1.00",
    }
    assert stats(shop) == EXPECTED


def test_only_the_first_refused_lines_are_printed(shop):
    Path("shop.csv").write_text(CSV + "ayu\n" * 25)
    answer = shop("import", "shop.csv", "--mapping", "mapping.yaml")
    assert answer.exit_code == 1
    assert len(answer.stderr.splitlines()) == 21
    assert "5 more lines" in answer.stderr


def test_a_known_source_with_other_content_is_refused(shop):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    before = digest(shop)
    Path("shop.csv").write_text(CSV.replace("12.50", "99.00"))
    answer = shop("import", "shop.csv", "--mapping", "mapping.yaml")
    assert answer.exit_code == 1
    assert "line 2: The key 'shop:000002' was used before with other content." in answer.stderr
    assert digest(shop) == before


@pytest.mark.parametrize("word", ["purchase", "visit"])
def test_json_lines_need_no_mapping(shop, word):
    one = {
        "source": "till:1",
        "member": "sari",
        "kind": word,
        "occurred_at": "2026-02-01T00:00:00+07:00",
        "amount": {"minor": 700, "currency": "USD"},
    }
    lines("one.jsonl", [one])
    answer = shop("import", "one.jsonl")
    if word == "purchase":
        assert answer.exit_code == 0
        assert stats(shop)["points_issued"] == 7
    else:
        assert answer.exit_code == 1
        assert "line 1: kind: there is no activity kind 'visit'" in answer.stderr


def test_json_lines_can_be_mapped(shop):
    Path("mapping.yaml").write_text(
        "json_lines: true\nsource: web:{id}\nmember: '{user.name}'\nkind: purchase\n"
        "occurred_at: {value: '{at}'}\namount: {value: '{total}', currency: USD}\n"
    )
    lines("web.jsonl", [{"id": 7, "user": {"name": "sari"}, "at": "2026-02-01", "total": 12.5}])
    assert shop("import", "web.jsonl", "--mapping", "mapping.yaml").exit_code == 0
    assert stats(shop)["leaderboards"]["spenders"] == [{"rank": 1, "member": "sari", "score": 1250}]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("import", "none.csv", "--mapping", "mapping.yaml"), "none.csv: No such file"),
        (("import", "shop.csv", "--mapping", "none.yaml"), "none.yaml: No such file"),
        (("import", "shop.csv", "--mapping", "shop.yaml"), "shop.yaml: Object"),
        (("import", "mapping.yaml", "--mapping", "mapping.yaml"), "columns: the file has no"),
        (("import", "cut.gz", "--mapping", "mapping.yaml"), "cut.gz: cannot be unpacked"),
        (("import", "."), "Is a directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(shop, words, problem):
    Path("cut.gz").write_bytes(gzip.compress(CSV.encode())[:-3])
    answer = shop(*words)
    assert answer.exit_code == 1
    (line,) = answer.stderr.splitlines()
    assert problem in line
    assert stats(shop)["activities"] == 0
