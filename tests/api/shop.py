"""A small shop with a programme that has one of everything, and clients that ask its API."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette

import rewards  # noqa: F401  declares what can be defined on its floor
from api.app import create_app
from api.auth import Role, issue_token
from gamification import engine, programme
from gamification.engine import Recorded, Recording
from gamification.members import Enrolment
from gamification.programme import Backfill, DefinitionKind, Ref, Scope
from kit import ids
from kit.settings import Settings, settings

ACCEPTANCE = Path(__file__).parents[2] / "tests" / "acceptance"

PURCHASES = {"kind": "purchase"}
DOLLARS = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}

DEFINITIONS: dict[DefinitionKind, list[dict[str, Any]]] = {
    DefinitionKind.ACTIVITY_KIND: [
        {
            "key": "purchase",
            "title": {"en": "Purchase", "id": "Pembelian"},
            "amount": {"required": True, "currencies": ["USD"]},
            "attributes": {
                "discs": {"type": "INTEGER", "min": 0, "max": 100, "additive": True},
                "shelf": {"type": "STRING", "choices": ["jazz", "rock"]},
            },
        },
        {"key": "visit", "title": "Visit"},
    ],
    DefinitionKind.CURRENCY: [
        {
            "key": "points",
            "name": {"en": "points", "id": "poin"},
            "main": True,
            "expires_after_days": 365,
            "transfers": {"max_per_day": 1_000},
        },
        {"key": "xp", "name": "XP", "kind": "XP"},
    ],
    DefinitionKind.EARNING_RULE: [
        {
            "key": "per-dollar",
            "title": {"en": "Purchase", "id": "Pembelian"},
            "kind": "purchase",
            "currency": "points",
            "earn": {"points": 1, "per": 100, "of": "amount"},
        },
        {
            "key": "visit-xp",
            "title": "Visit",
            "kind": "visit",
            "currency": "xp",
            "earn": {"points": 5},
        },
    ],
    DefinitionKind.BADGE: [
        {
            "key": "first",
            "name": {"en": "First purchase", "id": "Pembelian pertama"},
            "description": "Buy something.",
            "icon_url": "/icons/first.svg",
            "metric": PURCHASES,
            "goal": 1,
        },
        {
            "key": "collector",
            "name": "Collector",
            "metric": {"kind": "purchase", "aggregate": "SUM", "field": "attributes.discs"},
            "levels": [
                {"key": "bronze", "name": "Bronze", "goal": 2},
                {"key": "gold", "name": "Gold", "goal": 50},
            ],
        },
        {
            "key": "night-owl",
            "name": "Night owl",
            "visibility": "HIDDEN",
            "metric": {"kind": "visit"},
            "goal": 1,
        },
        {"key": "champion", "name": "Champion"},
    ],
    DefinitionKind.CHALLENGE: [
        {
            "key": "spring",
            "title": {"en": "Spring", "id": "Musim semi"},
            "description": "Two purchases in spring.",
            "starts_at": "2026-03-01T00:00:00Z",
            "ends_at": "2026-06-01T00:00:00Z",
            "tasks": [{"metric": PURCHASES, "goal": 2, "key": "buy", "title": "Buy twice"}],
            "prizes": [
                {"points": {"currency": "points", "amount": 50}},
                {"badge": "champion"},
            ],
        },
        {
            "key": "jazz",
            "title": "Jazz month",
            "starts_at": "2026-03-01T00:00:00Z",
            "ends_at": "2026-04-01T00:00:00Z",
            "enrolment": "OPT_IN",
            "tasks": [
                {
                    "metric": {
                        "kind": "purchase",
                        "where": "activity.attributes.shelf == 'jazz'",
                    },
                    "goal": 3,
                }
            ],
        },
    ],
    DefinitionKind.STREAK: [
        {"key": "daily", "name": "Every day", "period": "DAY", "metric": PURCHASES}
    ],
    DefinitionKind.TIER_SET: [
        {
            "key": "ladder",
            "name": "Ladder",
            "metric": DOLLARS,
            "rolling_days": 365,
            "levels": [
                {"key": "bronze", "name": "Bronze", "threshold": 0},
                {
                    "key": "silver",
                    "name": {"en": "Silver", "id": "Perak"},
                    "threshold": 10_000,
                    "benefits": [{"name": "Free shipping"}],
                },
                {"key": "gold", "name": "Gold", "threshold": 100_000},
            ],
        }
    ],
    DefinitionKind.LEADERBOARD: [
        {"key": "spenders", "title": "Spenders", "metric": DOLLARS},
        {"key": "weekly", "title": "This week", "metric": DOLLARS, "period": "WEEKLY"},
    ],
    DefinitionKind.REWARD: [
        {
            "key": "coffee",
            "title": {"en": "A coffee", "id": "Kopi"},
            "description": "Any size.",
            "kind": "VOUCHER",
            "price": [{"currency": "points", "amount": 20}],
            "voucher_valid_days": 30,
        },
        {
            "key": "last-one",
            "title": "The last one",
            "kind": "FREE_PRODUCT",
            "price": [{"currency": "points", "amount": 1}],
            "stock": 1,
        },
        {
            "key": "grand-piano",
            "title": "A grand piano",
            "kind": "DISCOUNT",
            "price": [{"currency": "points", "amount": 1_000_000}],
            "tier": "gold",
        },
    ],
    DefinitionKind.CHARITY: [
        {"key": "trees", "name": "Trees", "description": "Plants them.", "icon_url": "/trees.svg"}
    ],
    DefinitionKind.CAMPAIGN: [
        {
            "key": "forest",
            "charity": "trees",
            "title": {"en": "A forest", "id": "Hutan"},
            "description": "A thousand of them.",
            "goal": 1_000,
            "currency": "points",
            "starts_at": "2026-01-01T00:00:00Z",
            "ends_at": "2027-01-01T00:00:00Z",
            "minimum": 5,
        },
        {
            "key": "past",
            "charity": "trees",
            "title": "Over",
            "goal": 10,
            "currency": "points",
            "starts_at": "2025-01-01T00:00:00Z",
            "ends_at": "2026-01-01T00:00:00Z",
        },
    ],
}


@dataclass
class Shop:
    """The application, who can ask it, and who its members are."""

    app: Starlette
    members: dict[str, str] = field(default_factory=dict)

    def token(self, name: str, role: Role = Role.MEMBER) -> str:
        """A token: a member's by external id, anybody else's by any name."""
        return issue_token(self.members[name] if role is Role.MEMBER else name, role)

    def member(self, name: str, language: str = "") -> "Caller":
        return Caller(self.app, self.token(name), language)

    def service(self, name: str = "till") -> "Caller":
        return Caller(self.app, self.token(name, Role.SERVICE))

    def staff(self, role: Role = Role.ADMIN) -> "Caller":
        return Caller(self.app, self.token(f"{role}-1", role))

    def nobody(self) -> "Caller":
        return Caller(self.app, "")

    async def buys(self, name: str, cents: int, **more: Any) -> str:
        """Record and settle a purchase; the activity's id."""
        return await self.does(name, "purchase", amount=cents, currency="USD", **more)

    async def does(self, name: str, kind: str, **more: Any) -> str:
        recording = Recording(external_id=name, kind=kind, source=f"shop:{ids.new()}", **more)
        [recorded] = await engine.record([recording])
        assert isinstance(recorded, Recorded), recorded
        await engine.settle([self.members[name]])
        return recorded.entry.id


class Caller:
    """Asks the API over HTTP, in process, as somebody."""

    def __init__(self, app: Starlette, token: str, language: str = "") -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if language:
            headers["accept-language"] = language
        transport = httpx2.ASGITransport(app)
        self.token = token
        self.client = httpx2.AsyncClient(
            transport=transport, base_url="http://piala.test", headers=headers
        )

    async def send(self, query: str, **variables: Any) -> httpx2.Response:
        body = {"query": query, "variables": variables}
        return await self.client.post("/graphql", json=body)

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer, errors and all."""
        response = await self.send(query, **variables)
        assert response.status_code < 500, response.text
        found: dict[str, Any] = response.json()
        return found

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer that has no errors."""
        found = await self.answer(query, **variables)
        assert "errors" not in found, found["errors"]
        data: dict[str, Any] = found["data"]
        return data

    async def do(self, mutation: str, fields: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The result of a mutation with that input: its `__typename` and the fields asked for."""
        kind = mutation[0].upper() + mutation[1:]
        query = (
            f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ __typename"
            f" {fields} ... on Error {{ code message }}"
            " ... on InvalidInput { problems { path message } } } }"
        )
        found: dict[str, Any] = (await self.ask(query, input=given))[mutation]
        return found


@asynccontextmanager
async def opened(**changes: Any) -> AsyncIterator[Shop]:
    """The shop on the connected database, with its programme and five members."""
    own: Settings = settings().model_copy(update={"programme_name": "The shop", **changes})
    shop = Shop(create_app(own))
    await publish(DEFINITIONS)
    for name in ("ann", "bob", "cas", "dee", "eve"):
        enrolled = await engine.enrol(
            Enrolment(
                external_id=name,
                display_name=name.capitalize(),
                time_zone="Asia/Jakarta",
                avatar_url=f"/faces/{name}.svg",
                email=f"{name}@shop.test",
                card_number=f"card-{name}",
                locale="en",
            )
        )
        shop.members[name] = enrolled.member.id
    yield shop


async def publish(definitions: Mapping[DefinitionKind, list[dict[str, Any]]]) -> None:
    """Define all of it, and publish it for all the past."""
    refs: list[Ref] = []
    for kind, bodies in definitions.items():
        refs.extend([(await programme.define(kind, body, by="test")).ref for body in bodies])
    await programme.publish(refs, backfill=Backfill(scope=Scope.ALL), by="test")
