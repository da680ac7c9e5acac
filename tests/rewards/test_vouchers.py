"""Voucher codes: made from a secret, made again for their owner, stored as a hash only."""

from hypothesis import given
from hypothesis import strategies as st

from kit import ids
from rewards.redemptions import vouchers

SECRET = "a secret of this test"


def test_a_code_has_a_hundred_bits_in_letters_that_cannot_be_misread():
    code = vouchers.code_of("0197-some-id", secret=SECRET)
    groups = code.split("-")
    assert [len(group) for group in groups] == [5, 5, 5, 5]
    assert set("".join(groups)) <= set(vouchers.ALPHABET)
    assert len(set(vouchers.ALPHABET)) == 32
    assert not set("ILOU") & set(vouchers.ALPHABET)


@given(st.uuids(version=4))
def test_the_same_redemption_has_the_same_code(redemption_id):
    text = str(redemption_id)
    assert vouchers.code_of(text, secret=SECRET) == vouchers.code_of(text, secret=SECRET)


def test_another_secret_makes_another_code():
    assert vouchers.code_of("id", secret=SECRET) != vouchers.code_of("id", secret="another")


def test_no_two_redemptions_share_a_code():
    codes = {vouchers.code_of(ids.new(), secret=SECRET) for _ in range(5_000)}
    assert len(codes) == 5_000


def test_every_letter_comes_up_as_often_as_any_other():
    """5,000 codes of 20 letters: each of 32 letters 3,125 times, give or take six deviations."""
    letters = "".join(vouchers.code_of(str(n), secret=SECRET) for n in range(5_000))
    counts = [letters.count(letter) for letter in vouchers.ALPHABET]
    assert sum(counts) == 100_000
    assert all(abs(count - 3_125) < 6 * 55 for count in counts)


def test_the_hash_does_not_show_the_code():
    code = vouchers.code_of("id", secret=SECRET)
    hashed = vouchers.hash_of(code, secret=SECRET)
    assert len(hashed) == 64
    assert hashed != vouchers.hash_of(code, secret="another")
    assert code.replace("-", "").lower() not in hashed
