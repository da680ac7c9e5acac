"""Lines put off come back whole and in order, however many they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piala.importing import Line, putting_off
from piala.importing.putting_off import PutOff

found = st.lists(st.tuples(st.integers(0, 5), st.text(max_size=3), st.text(max_size=9)))


@pytest.mark.parametrize("kept", [1, 3, 1_000])
@given(found)
def test_they_come_back_by_time_and_source_and_then_as_they_stood(kept, lines):
    with pytest.MonkeyPatch.context() as patch, PutOff() as put_off:
        patch.setattr(putting_off, "KEPT", kept)
        patch.setattr(putting_off, "_READ_AT_ONCE", 50)
        for number, (at, source, text) in enumerate(lines, start=1):
            put_off.add(Line(number, text), at=at, source=source)
        numbered = enumerate(lines, start=1)
        wanted = sorted((at, source, number, text) for number, (at, source, text) in numbered)
        assert list(put_off.lines()) == [Line(number, text) for _, _, number, text in wanted]


def test_few_need_no_file_and_many_are_not_kept_in_memory():
    with PutOff() as put_off:
        put_off.add(Line(1, "x"), at=1, source="r")
        assert put_off._file is None
        for number in range(2, putting_off.KEPT + 2):
            put_off.add(Line(number, "x"), at=1, source="r")
        assert len(put_off._kept) == 1
        assert sum(1 for _ in put_off.lines()) == putting_off.KEPT + 1
    assert put_off._file.closed
