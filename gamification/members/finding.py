"""Looking members up."""

from collections.abc import Sequence

from gamification.members.member import Member
from kit import database
from kit.errors import InvalidInput, NotFound

SEARCH_MAX = 200

_COLUMNS = (
    "id, external_id, display_name, avatar_url, time_zone, locale, email, card_number,"
    " referral_code, enrolled_at"
)


async def find(
    *, id: str | None = None, external_id: str | None = None, referral_code: str | None = None
) -> Member:
    """The member of that id, external id or referral code. Raises `NotFound`."""
    column, value = ("id", id) if id is not None else ("external_id", external_id)
    if referral_code is not None:
        column, value = "referral_code", referral_code.strip().upper()
    row = await database.fetch_one(f"SELECT {_COLUMNS} FROM member WHERE {column} = ?", value)
    if row is None:
        raise NotFound("member", value or "")
    return _member(row)


async def members_of(ids: Sequence[str]) -> dict[str, Member]:
    """Members by id; unknown ids are left out."""
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM member WHERE id IN ?", list(ids))
    return {row[0]: _member(row) for row in rows}


async def by_external_ids(external_ids: Sequence[str]) -> dict[str, str]:
    """The ids of members, by external id; unknown ones are left out."""
    rows = await database.fetch(
        "SELECT external_id, id FROM member WHERE external_id IN ?", list(external_ids)
    )
    return {row[0]: row[1] for row in rows}


async def existing(ids: Sequence[str]) -> set[str]:
    """Which of these ids are members'."""
    rows = await database.fetch("SELECT id FROM member WHERE id IN ?", list(ids))
    return {row[0] for row in rows}


async def page(*, after: str | None, limit: int, search: str = "") -> list[Member]:
    """Members by id, from just behind `after`; `search` begins a name or an external id."""
    if len(search) > SEARCH_MAX:
        raise InvalidInput.at("search", f"must be at most {SEARCH_MAX} characters")
    pattern = _escaped(search.lower()) + "%"
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM member WHERE id > ?"
        " AND (? = '' OR lower(display_name) LIKE ? ESCAPE '!' OR lower(external_id) LIKE ?"
        " ESCAPE '!') ORDER BY id LIMIT ?",
        after or "",
        search,
        pattern,
        pattern,
        limit,
    )
    return [_member(row) for row in rows]


async def count() -> int:
    """How many members there are."""
    row = await database.fetch_one("SELECT count(*) FROM member")
    assert row is not None
    return int(row[0])


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _member(row: database.Row) -> Member:
    return Member(
        id=row[0],
        external_id=row[1],
        display_name=row[2],
        avatar_url=row[3],
        time_zone=row[4],
        locale=row[5],
        email=row[6],
        card_number=row[7],
        referral_code=row[8],
        enrolled_at=row[9],
    )
