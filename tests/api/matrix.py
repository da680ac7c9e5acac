"""The authorisation matrix: every field of the schema, a request that reaches it, who may see it.

The requests are found by walking the schema from its roots; what it takes to call a field stands
in `ARGUMENTS` and `INPUTS`, so that a new field is tested without anybody thinking of it.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    SKIP,
    FieldNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_leaf_type,
    parse,
    visit,
)

from api.auth import NOBODY, Role, Viewer
from api.permissions import Audience

# What a field needs to be called with. The words in <> stand for values of the shop.
ARGUMENTS = {
    "Query.member": '(id: "<ann>")',
    "Query.activity": '(id: "<activity>")',
    "Query.leaderboard": '(key: "spenders")',
    "Query.badge": '(key: "first")',
    "Query.challenge": '(key: "spring")',
    "Query.reward": '(key: "coffee")',
    "Query.campaign": '(key: "forest")',
    "Query.liability": '(currency: "beans")',
    "Query.breakage": '(currency: "points")',
    "Member.pointsIn": '(currency: "points")',
    "Member.badges": "(state: ALL)",
    "Subscription.myEvents": '(after: "<start>")',
}
_ANN = 'member: {id: "<ann>"}, idempotencyKey: "<key>"'
_PAID = 'kind: "purchase", amount: {minor: 500, currency: "USD"}'
_METRIC = 'metric: {kind: "purchase", aggregate: COUNT}'
INPUTS = {
    "enrolMember": 'externalId: "<key>", displayName: "New"',
    "recordActivity": f"{_PAID}, {_ANN}",
    "recordActivities": f"activities: [{{{_PAID}, {_ANN}}}]",
    "retractActivity": 'activity: {id: "<sale>"}, reason: "refund", idempotencyKey: "<key>"',
    "donate": f'campaign: "forest", points: 5, {_ANN}',
    "confirmDonation": f'donation: "<held>", {_ANN}',
    "cancelDonation": f'donation: "<held>", {_ANN}',
    "redeemReward": f'reward: "coffee", {_ANN}',
    "returnRedemption": 'redemption: "<redeemed>", reason: "cold", idempotencyKey: "<key>"',
    "useVoucher": 'code: "<code>", idempotencyKey: "<key>"',
    "spendPoints": f'currency: "points", points: 1, subject: "Lunch", {_ANN}',
    "holdPoints": f'currency: "points", points: 1, subject: "Lunch", {_ANN}',
    "captureHold": 'hold: {id: "<placed>"}, idempotencyKey: "<key>"',
    "releaseHold": 'hold: {id: "<placed>"}, idempotencyKey: "<key>"',
    "refundPayment": 'payment: {id: "<paid>"}, reason: "a fly", idempotencyKey: "<key>"',
    "transferPoints": f'to: {{externalId: "cas"}}, currency: "points", points: 1, {_ANN}',
    "adjustPoints": f'currency: "points", points: 1, reason: "kindness", {_ANN}',
    "approveAdjustment": 'adjustment: "<asked>", idempotencyKey: "<key>"',
    "rejectAdjustment": 'adjustment: "<asked>", note: "no", idempotencyKey: "<key>"',
    "reverseAdjustment": 'adjustment: "<given>", reason: "no", idempotencyKey: "<key>"',
    "admitParkedActivity": 'id: "<parked>", reason: "no net", idempotencyKey: "<key>"',
    "dismissParkedActivity": 'id: "<parked>", reason: "a test", idempotencyKey: "<key>"',
    "retryDeadLetter": 'id: "<letter>"',
    "joinChallenge": f'challenge: "jazz", {_ANN}',
    "defineActivityKind": 'key: "walk", title: "Walk"',
    "defineCurrency": 'key: "stars", name: "Stars"',
    "defineEarningRule": (
        'key: "new", title: "New", kind: "visit", currency: "xp",'
        ' earn: {points: 1, per: 1, of: "quantity"}, caps: [{points: 9, per: DAY}],'
        ' startsAt: "2026-04-01T00:00:00Z", endsAt: "2026-05-01T00:00:00Z",'
        ' hours: [{weekdays: [1], from: "14:00", until: "17:00", zone: "Asia/Jakarta"}],'
        ' channels: [APP], partners: ["harbour"], tiers: ["silver"],'
        ' budget: {points: 99}, fundedBy: "partner"'
    ),
    "defineBadge": f'key: "new", name: "New", goal: 5, {_METRIC}',
    "defineChallenge": (
        'key: "new", title: "New", startsAt: "2026-04-01T00:00:00Z",'
        f' endsAt: "2026-05-01T00:00:00Z", tasks: [{{goal: 2, {_METRIC}}}]'
    ),
    "defineStreak": f'key: "new", name: "New", period: DAY, {_METRIC}',
    "defineTierSet": (
        f'key: "ladder", name: "New", {_METRIC},'
        ' levels: [{key: "silver", name: "Silver", threshold: 0}]'
    ),
    "defineLeaderboard": f'key: "new", title: "New", {_METRIC}',
    "defineReward": 'key: "new", title: "New", price: [{amount: 5, currency: "points"}]',
    "defineCharity": 'key: "new", name: "New"',
    "defineCampaign": (
        'key: "new", charity: "trees", title: "New", goal: 5, currency: "points",'
        ' startsAt: "2026-04-01T00:00:00Z"'
    ),
    "publish": 'definitions: [{kind: BADGE, key: "first", version: 1}]',
}

# Requests that the walk would not find, or would find on a way that shows less, for all fields of a
# type or for one: the field stands where the @ is.
_MY_EVENTS = 'subscription { myEvents(after: "<start>") { event { ... on # { @ } } } }'
_RECORDING = "mutation { recordActivity(input: {?}) { ... on # { @ } } }"
_LATE, _EARLY = 'occurredAt: "2020-01-01T00:00:00Z"', 'occurredAt: "2030-01-01T00:00:00Z"'
_AGAIN = 'kind: "purchase", member: {id: "<ann>"}, idempotencyKey: "<key>"'
_RULE = (
    'mutation { defineEarningRule(input: {key: "other", title: "Other", kind: "purchase",'
    ' currency: "xp", ?}) { ... on DefineEarningRulePayload { rule { @ } } } }'
)
_CURRENCY = (
    'mutation { defineCurrency(input: {key: "other", name: "Other", ?})'
    " { ... on DefineCurrencyPayload { currency { @ } } } }"
)
_DAYS = _CURRENCY.replace("?", "pending: {days: 2}")
_EVENT = _CURRENCY.replace("?", 'pending: {event: "purchase", match: "discs"}')
_ROLLING = _CURRENCY.replace("?", "expiry: {mode: ROLLING, count: 1, roundTo: MONTH}")
_YEARLY = _CURRENCY.replace("?", 'expiry: {mode: CALENDAR, monthDay: "12-31", years: 1}')
_MOMENT = '"2027-01-01T00:00:00Z"'
_CONTROLS = _CURRENCY.replace(
    "?", 'cost: {minor: 1, currency: "USD", points: 5}, approvalAbove: 5, adjustmentMax: 9'
)
_CURRENCIES = {
    "Currency.money": _CURRENCY.replace("?", 'kind: MONEY, money: "USD"'),
    "Currency.pending": _DAYS,
    "Currency.transfers": _CURRENCY.replace("?", "transfers: {}"),
    "PendingTerms.days": _DAYS.replace("@", "pending { @ }"),
    "PendingTerms.until": _CURRENCY.replace("?", f"pending: {{until: {_MOMENT}}}").replace(
        "@", "pending { @ }"
    ),
    "PendingTerms": _EVENT.replace("@", "pending { @ }"),
    "ExpiryTerms.at": _CURRENCY.replace("?", f"expiry: {{mode: CALENDAR, at: {_MOMENT}}}").replace(
        "@", "expiry { @ }"
    ),
    "ExpiryTerms.monthDay": _YEARLY.replace("@", "expiry { @ }"),
    "ExpiryTerms.years": _YEARLY.replace("@", "expiry { @ }"),
    "ExpiryTerms": _ROLLING.replace("@", "expiry { @ }"),
    "CurrencyControls": _CONTROLS.replace("@", "controls { @ }"),
    "PointsCost": _CONTROLS.replace("@", "controls { cost { @ } }"),
    "TransferLimits": _CURRENCY.replace("?", "transfers: {min: 1, max: 5, maxPerDay: 9}").replace(
        "@", "transfers { @ }"
    ),
}
_LINES = 'query { member(id: "<ann>") { statement(kinds: [?]) { edges { node { @ } } } } }'
_REFUNDED = _LINES.replace("?", "CLAWBACK")
_BEANS = 'query { member(id: "<ann>") { pointsIn(currency: "beans") { @ } } }'
WAYS = {
    "StatementLine.activity": _REFUNDED,
    "StatementLine.reason": _REFUNDED,
    "StatementLine.retraction": _REFUNDED,
    "StatementLine.actor": _LINES.replace("?", "ADJUST"),
    "Retraction": _REFUNDED.replace("@", "retraction { @ }"),
    "LotUse": _LINES.replace("?", "SPEND").replace("@", "lots { @ }"),
    "Points.availableNext": _BEANS,
    "Ripening": _BEANS.replace("@", "availableNext { @ }"),
    **_CURRENCIES,
    "EarningRule.multiplier": _RULE.replace("?", 'multiplier: "2"'),
    "RuleEarn.percent": _RULE.replace("?", 'earn: {percent: "5", of: "amount"}').replace(
        "@", "earn { @ }"
    ),
    "ParkedActivity": "query { parkedActivities(state: DISMISSED) { edges { node { @ } } } }",
    "Rank": 'query { leaderboard(key: "spenders") { standings { edges { node { @ } } } } }',
    "Definition": "query { definitions(kind: REWARD) { edges { node { @ } } } }",
    "Reward": 'query { reward(key: "sold-out") { @ } }',
    "RewardLock": 'query { reward(key: "sold-out") { locked { @ } } }',
    "Period": 'query { leaderboard(key: "weekly") { period { @ } } }',
    "BadgeLevel": 'query { badge(key: "collector") { levels { @ } } }',
    "BadgePrize": 'query { challenge(key: "spring") { prizes { ... on BadgePrize { @ } } } }',
    "Expiring": 'query { member(id: "<ann>") { points { expiringNext { @ } } } }',
    "Benefit": 'query { member(id: "<ann>") { tier { current { benefits { @ } } } } }',
    "Error": _RECORDING.replace("?", f'kind: "theft", {_ANN}'),
    "InvalidInput": _RECORDING.replace("?", f'kind: "theft", {_ANN}'),
    "Problem": _RECORDING.replace("?", f'kind: "theft", {_ANN}')
    .replace("#", "InvalidInput")
    .replace("@", "problems { @ }"),
    "NotFound": _RECORDING.replace("?", f'{_PAID}, member: {{id: "x"}}, idempotencyKey: "<key>"'),
    "Denied": _RECORDING.replace("?", f"{_PAID}, {_ANN}"),
    "TooLate": _RECORDING.replace("?", f"{_PAID}, {_LATE}, {_ANN}"),
    "InTheFuture": _RECORDING.replace("?", f"{_PAID}, {_EARLY}, {_ANN}"),
    "IdempotencyConflict": (
        f"mutation {{ first: recordActivity(input: {{{_AGAIN}, "
        'amount: {minor: 1, currency: "USD"}}) { __typename }'
        f" recordActivity(input: {{{_AGAIN}, "
        'amount: {minor: 2, currency: "USD"}}) { ... on # { @ } } }'
    ),
    "InsufficientPoints": (
        f'mutation {{ donate(input: {{campaign: "forest", points: 99999999, {_ANN}}})'
        " { ... on # { @ } } }"
    ),
    "NotAvailable": (
        f'mutation {{ donate(input: {{campaign: "past", points: 5, {_ANN}}})'
        " { ... on # { @ } } }"
    ),
    "SoldOut": (
        f'mutation {{ redeemReward(input: {{reward: "sold-out", {_ANN}}}) {{ ... on # {{ @ }} }} }}'
    ),
    "AlreadyResolved": (
        f'mutation {{ cancelDonation(input: {{donation: "<resolved>", {_ANN}}})'
        " { ... on # { @ } } }"
    ),
    **dict.fromkeys(
        (
            "PointsPosted",
            "BadgeAwarded",
            "BadgeRevoked",
            "TierChanged",
            "ChallengeProgressed",
            "ChallengeCompleted",
            "StreakExtended",
            "StreakBroken",
            "RankChanged",
            "DonationConfirmed",
            "RewardRedeemed",
            "RewardReturned",
            "PointsSent",
            "PointsReceived",
        ),
        _MY_EVENTS,
    ),
}
# Everything of a member is reached by naming her, not by `me`, which shows everybody their own.
ROUNDABOUT = "Query.me"

MEMBER, OTHER, EXPIRED = "the member", "another member", "an expired token"
VIEWERS = ("nobody", MEMBER, OTHER, "service", "support", "analyst", "admin", EXPIRED)


@dataclass(frozen=True)
class Cell:
    """One field, and a request that asks for it: the keys down to it, and the fields passed."""

    field: str
    request: str
    path: tuple[str, ...]
    passed: tuple[str, ...]


def cells(schema: GraphQLSchema) -> list[Cell]:
    """A cell for each field of the schema."""
    return list(_cells(schema))


def expected(cell: Cell, viewer: str, table: dict[str, Audience]) -> bool:
    """Whether the table lets the viewer see the field, on ann's things."""
    if viewer in ("nobody", EXPIRED):
        return False
    kind = cell.field.partition(".")[0]
    if kind == "Error":
        # Whatever went wrong is an Error, also that it is denied.
        return True
    admitted = all(table[name].admits(_viewer(viewer), owner="ann") for name in cell.passed)
    return not admitted if kind == "Denied" else admitted


def leaves(answer: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """What stands at the end of the path, through all lists on the way."""
    if not path:
        yield answer
    elif isinstance(answer, list):
        for one in answer:
            yield from leaves(one, path)
    elif isinstance(answer, dict):
        yield from leaves(answer.get(path[0]), path[1:])


def _viewer(name: str) -> Viewer:
    if name == MEMBER:
        return Viewer(Role.MEMBER, "ann")
    if name == OTHER:
        return Viewer(Role.MEMBER, "bob")
    return NOBODY if name == "nobody" else Viewer(Role(name), name)


def _cells(schema: GraphQLSchema) -> Iterator[Cell]:
    ways = _ways(schema)
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        if kind.name.startswith("__"):
            continue
        for name, field in kind.fields.items():
            way = WAYS.get(f"{kind.name}.{name}") or WAYS.get(kind.name) or ways[kind.name]
            call = _call(kind.name, name) + _below(get_named_type(field.type))
            request = way.replace("#", kind.name).replace("@", call)
            path, passed = _path(schema, request)
            yield Cell(f"{kind.name}.{name}", request, path, passed)


def _ways(schema: GraphQLSchema) -> dict[str, str]:
    """For each type a request that reaches it, by the shortest way."""
    ways: dict[str, str] = {}
    todo: deque[tuple[GraphQLNamedType, str]] = deque()
    for root, verb in (
        (schema.query_type, "query"),
        (schema.mutation_type, "mutation"),
        (schema.subscription_type, "subscription"),
    ):
        assert root is not None
        todo.append((root, f"{verb} {{ @ }}"))
        while todo:
            kind, way = todo.popleft()
            if kind.name in ways or is_leaf_type(kind):
                continue
            ways[kind.name] = way
            if isinstance(kind, GraphQLUnionType):
                for member in kind.types:
                    todo.append((member, way.replace("@", f"... on {member.name} {{ @ }}")))
            elif isinstance(kind, GraphQLObjectType):
                for name, field in kind.fields.items():
                    if f"{kind.name}.{name}" != ROUNDABOUT:
                        step = way.replace("@", f"{_call(kind.name, name)} {{ @ }}")
                        todo.append((get_named_type(field.type), step))
    return ways


def _call(kind: str, name: str) -> str:
    if kind == "Mutation":
        return f"{name}(input: {{{INPUTS[name]}}})"
    return name + ARGUMENTS.get(f"{kind}.{name}", "")


def _below(kind: GraphQLNamedType) -> str:
    return "" if is_leaf_type(kind) else " { __typename }"


def _path(schema: GraphQLSchema, request: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The way down to the innermost field: its answer keys, and the fields as `Type.field`."""
    keys: list[str] = []
    passed: list[str] = []
    info = TypeInfo(schema)

    class Down(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> Any:
            if node.alias:
                return SKIP
            if node.name.value != "__typename":
                parent = info.get_parent_type()
                assert parent is not None
                keys.append(node.name.value)
                passed.append(f"{parent.name}.{node.name.value}")
            return None

    visit(parse(request), TypeInfoVisitor(info, Down()))
    return tuple(keys), tuple(passed)
