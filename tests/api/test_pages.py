"""Lists: what is on a page, what its cursors are good for, and what is refused."""

from typing import Any

import pytest

from gamification import engine
from kit import ids, paging
from rewards import donations, redemptions

# Every list of the schema, and who may ask for it.
LISTS = {
    "badges": ("ann", "badges({}) {{ {} }}"),
    "challenges": ("ann", "challenges({}) {{ {} }}"),
    "leaderboards": ("ann", "leaderboards({}) {{ {} }}"),
    "rewards": ("ann", "rewards({}) {{ {} }}"),
    "charities": ("ann", "charities({}) {{ {} }}"),
    "campaigns": ("ann", "charities {{ edges {{ node {{ campaigns({}) {{ {} }} }} }} }}"),
    "standings": ("ann", 'leaderboard(key: "spenders") {{ standings({}) {{ {} }} }}'),
    "own badges": ("ann", "me {{ badges({}, state: ALL) {{ {} }} }}"),
    "own challenges": ("ann", "me {{ challenges({}) {{ {} }} }}"),
    "statement": ("ann", "me {{ statement({}) {{ {} }} }}"),
    "activities": ("ann", "me {{ activities({}) {{ {} }} }}"),
    "redemptions": ("ann", "me {{ redemptions({}) {{ {} }} }}"),
    "donations": ("ann", "me {{ donations({}) {{ {} }} }}"),
    "members": ("admin", "members({}) {{ {} }}"),
    "definitions": ("admin", "definitions({}) {{ {} }}"),
}
PAGE = (
    "edges { cursor node { __typename } }"
    " pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
)


@pytest.fixture
async def filled(shop):
    """The shop, and more than one of everything for ann."""
    for name in ("ann", "bob", "cas"):
        await shop.buys(name, 50_000, attributes={"discs": 3})
    await shop.buys("ann", 100)
    await shop.buys("ann", 200)
    for _ in range(2):
        ann = shop.members["ann"]
        await donations.donate(ann, campaign="forest", points=5, source=ids.new())
        await redemptions.redeem(ann, reward="coffee", source=ids.new())
    return shop


def asker(shop, who: str):
    return shop.member(who) if who in shop.members else shop.staff()


async def page_of(shop, name: str, arguments: str) -> dict[str, Any]:
    who, template = LISTS[name]
    answer = await asker(shop, who).ask("{ " + template.format(arguments, PAGE) + " }")
    return innermost(answer)


def innermost(answer: Any) -> dict[str, Any]:
    """The connection somewhere in the answer that has cursors."""
    if isinstance(answer, list):
        return innermost(answer[0])
    if "pageInfo" in answer:
        return answer
    return innermost(answer["node"] if "node" in answer else next(iter(answer.values())))


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_is_walked_from_end_to_end_without_gap_or_repetition(filled, name):
    whole = await page_of(filled, name, "first: 100")
    cursors = [edge["cursor"] for edge in whole["edges"]]
    assert len(set(cursors)) == len(cursors) > 0
    assert whole["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": cursors[0],
        "endCursor": cursors[-1],
    }

    walked, after = [], ""
    for number in range(len(cursors)):
        page = await page_of(filled, name, f"first: 1{after}")
        [edge] = page["edges"]
        walked.append(edge["cursor"])
        assert page["pageInfo"]["hasNextPage"] is (number < len(cursors) - 1)
        assert page["pageInfo"]["hasPreviousPage"] is (number > 0)
        after = f', after: "{edge["cursor"]}"'
    assert walked == cursors

    beyond = await page_of(filled, name, f"first: 1{after}")
    assert (beyond["edges"], beyond["pageInfo"]["endCursor"]) == ([], None)


BAD_PAGES = [
    ("first: 101", "first"),
    ("first: -1", "first"),
    ("first: 2147483647", "first"),
    ('after: "garbage"', "after"),
    ('after: ""', "after"),
    ('after: "WzFd$"', "after"),
    (f'after: "{"A" * 5000}"', "after"),
    (f'after: "{paging.encode("a", "b", "c", "d", "e")}"', "after"),
]


async def test_a_size_or_a_cursor_that_is_none_is_refused(shop):
    await shop.buys("ann", 100)
    for name, (who, template) in LISTS.items():
        for arguments, path in BAD_PAGES:
            asked = "{ " + template.format(arguments, PAGE) + " }"
            [error] = (await asker(shop, who).answer(asked))["errors"]
            assert error["extensions"]["code"] == "INVALID_INPUT", (name, arguments)
            [problem] = error["extensions"]["problems"]
            assert problem["path"] == path, (name, arguments)


async def test_a_cursor_of_another_list_is_refused(filled):
    cursor = (await page_of(filled, "statement", "first: 1"))["edges"][0]["cursor"]
    for name in ("members", "standings", "definitions", "badges"):
        who, template = LISTS[name]
        asked = "{ " + template.format(f'after: "{cursor}"', PAGE) + " }"
        answer = await asker(filled, who).answer(asked)
        assert answer["errors"][0]["extensions"]["code"] == "INVALID_INPUT", name


async def test_none_can_be_asked_for(filled):
    page = await page_of(filled, "statement", "first: 0")
    assert (page["edges"], page["pageInfo"]["hasNextPage"]) == ([], True)


async def test_members_are_found_by_the_beginning_of_a_name(shop):
    found = await shop.staff().ask('{ members(search: "AN") { edges { node { externalId } } } }')
    assert found["members"]["edges"] == [{"node": {"externalId": "ann"}}]
    none = await shop.staff().ask('{ members(search: "%") { edges { node { externalId } } } }')
    assert none["members"]["edges"] == []


async def test_a_walk_is_not_disturbed_by_what_comes_new(shop):
    for cents in (100, 200, 300):
        await shop.buys("ann", cents)
    first = await page_of(shop, "statement", "first: 2")
    await shop.buys("ann", 400)
    await engine.settle([shop.members["ann"]])
    after = first["pageInfo"]["endCursor"]
    rest = await page_of(shop, "statement", f'first: 10, after: "{after}"')
    seen = [edge["cursor"] for edge in first["edges"] + rest["edges"]]
    assert len(seen) == len(set(seen))
