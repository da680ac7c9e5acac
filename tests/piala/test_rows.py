"""Lines become rows of named columns; what is malformed is handed on with its reason."""

import csv
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidInput
from piala.importing import Bad, Blank, Line, compiled, opened
from piala.importing.rows import LINE_MAX, Row, rows_of

BASIC = {
    "source": "s:{line}",
    "member": "{who}",
    "kind": "purchase",
    "occurred_at": {"value": "{when}"},
}


def mapping(**more):
    return compiled(BASIC | more, name="mapping.yaml")


def read(text, **more):
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), start=1)]
    return list(rows_of(lines, mapping(**more)))


def values(text, **more):
    return [dict(row.values) for row in read(text, **more) if isinstance(row, Row)]


def test_a_header_names_the_columns():
    assert values("who,when\nsari,monday") == [{"who": "sari", "when": "monday"}]


def test_blanks_around_a_name_in_the_header_do_not_count():
    assert values(" who ;when\nsari;monday", delimiter=";") == [{"who": "sari", "when": "monday"}]


def test_without_a_header_columns_are_named_by_the_mapping():
    assert values("sari\tmonday", header=False, columns=["who", "when"], delimiter="\t") == [
        {"who": "sari", "when": "monday"}
    ]


def test_without_a_header_and_names_columns_are_numbered():
    assert values("sari,monday", header=False, member="{1}", occurred_at={"value": "{2}"}) == [
        {"1": "sari", "2": "monday"}
    ]


def test_runs_of_whitespace_divide_columns():
    assert values(" who  when\r\n sari   monday \r\n", delimiter="whitespace") == [
        {"who": "sari", "when": "monday"}
    ]


def test_quoted_columns_may_hold_delimiters_quotes_and_line_ends():
    found = read('who,when\n"sa,""r""\ni",monday\nbudi,friday')
    assert [(row.line.number, row.values["who"]) for row in found] == [
        (2, 'sa,"r"\ni'),
        (4, "budi"),
    ]


def test_a_row_of_another_length_is_bad():
    assert read("who,when\nsari\nbudi,friday,late") == [
        Bad(Line(2, "sari"), "has 1 columns instead of 2"),
        Bad(Line(3, "budi,friday,late"), "has 3 columns instead of 2"),
    ]


def test_blank_lines_are_told_apart():
    assert [type(row) for row in read("who,when\n\n  \nsari,monday\n")] == [
        Blank,
        Blank,
        Row,
        Blank,
    ]


def test_a_header_may_come_after_blank_lines():
    assert [row.line.number for row in read("\n\nwho,when\nsari,monday")] == [4]


def test_a_header_without_a_mapped_column_is_refused_before_the_first_row():
    with pytest.raises(InvalidInput, match="columns: the file has no when; it has who, day"):
        read("who,day\nsari,monday")


def test_an_empty_file_has_no_header():
    with pytest.raises(InvalidInput, match="it has none"):
        read("")


def test_a_column_that_is_there_twice_is_refused():
    with pytest.raises(InvalidInput, match="who is there twice"):
        read("who,when,who\n")


def test_bytes_that_are_no_text_make_their_row_bad():
    text = b"sa\xffri,monday".decode("utf-8", "surrogateescape")
    assert read(f"who,when\n{text}\nbu\0di,friday\nayu,sunday") == [
        Bad(Line(2, text), "is not UTF-8 text"),
        Bad(Line(3, "bu\0di,friday"), "holds a NUL character"),
        Row(Line(4, "ayu,sunday"), {"who": "ayu", "when": "sunday"}),
    ]


def test_a_quote_that_never_closes_ends_in_one_bad_row():
    rows = read('who,when\n"' + "x" * 200_000 + "\nsari,monday")
    assert isinstance(rows[0], Bad)
    assert rows[0].line.number == 2


def test_json_members_are_columns_by_their_path():
    text = '{"who": "sari", "paid": {"sum": 11.77, "in": {"code": "USD"}}, "n": 2}'
    assert values(text, json_lines=True) == [
        {"who": "sari", "paid.sum": "11.77", "paid.in.code": "USD", "n": "2"}
    ]


def test_a_json_member_that_is_absent_or_null_is_empty():
    (row,) = read('{"who": null}', json_lines=True)
    assert row.values["who"] == ""
    assert row.values["when"] == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ("1", "is not a JSON object"),
        ("[" * 100_000, "is not JSON"),
        ('{"who": "\\ud800"}', "is not JSON"),
    ],
)
def test_what_is_no_json_object_is_bad(line, reason):
    (row,) = read(line, json_lines=True)
    assert isinstance(row, Bad)
    assert row.reason.startswith(reason)


letters = st.characters(codec="utf-8", blacklist_characters="\0\r")
plain = st.text(letters, min_size=1).filter(str.strip)


@given(st.lists(st.tuples(plain, plain), min_size=1, max_size=20), st.sampled_from(",;|\t"))
def test_whatever_csv_writes_is_read_again(rows, delimiter):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["who", "when"])
    writer.writerows(rows)
    found = values(text.getvalue().removesuffix("\n"), delimiter=delimiter)
    assert [(row["who"], row["when"]) for row in found] == rows


@given(st.binary(max_size=400))
def test_no_bytes_are_too_strange(content):
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    numbered = [Line(number, line) for number, line in enumerate(lines, start=1)]
    whole = mapping(header=False, member="{1}", occurred_at={"value": "{1}"})
    for row in rows_of(numbered, whole):
        assert isinstance(row, Row | Bad | Blank)
    for row in rows_of(numbered, mapping(json_lines=True)):
        assert isinstance(row, Row | Bad | Blank)


def file_of(tmp_path, content):
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    return path


def lines_of(path):
    with opened(path) as lines:
        return list(lines), lines.position


def test_a_files_lines_are_numbered_without_their_ends_and_its_mark(tmp_path):
    path = file_of(tmp_path, "\ufeffwho\r\nsari\n\nbudi".encode())
    lines, position = lines_of(path)
    assert lines == [Line(1, "who"), Line(2, "sari"), Line(3, ""), Line(4, "budi")]
    assert position == path.stat().st_size


def test_a_gzipped_file_is_known_by_its_content(tmp_path):
    path = file_of(tmp_path, gzip.compress(b"who\nsari\n"))
    lines, position = lines_of(path)
    assert lines == [Line(1, "who"), Line(2, "sari")]
    assert position == path.stat().st_size


@pytest.mark.parametrize("cut", [5, -9, -2])
def test_a_damaged_gzip_is_refused(tmp_path, cut):
    content = gzip.compress(b"who\nsari\n" * 1000)[:cut]
    with pytest.raises(InvalidInput, match=r"rows\.csv: cannot be unpacked"):
        lines_of(file_of(tmp_path, content))


def test_a_line_without_end_is_not_kept(tmp_path):
    path = file_of(tmp_path, b"who\n" + b"x" * (2 * LINE_MAX + 5) + b"\nsari\n")
    lines, _ = lines_of(path)
    assert [(line.number, line.whole) for line in lines] == [(1, True), (2, False), (3, True)]
    rows = list(rows_of(lines, mapping(occurred_at={"value": "x"})))
    assert rows[0].reason == "is longer than 1,000,000 bytes"
    assert rows[1].values == {"who": "sari"}
