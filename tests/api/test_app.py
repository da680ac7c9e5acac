"""The application's other doors: the screen, health, metrics, the demo's session."""

import asyncio

import httpx2
import pytest

from api.app import create_app
from api.auth import Role, issue_token, viewer_of
from gamification import engine
from kit import database as kit_database
from kit.errors import DatabaseUnavailable
from kit.settings import Settings
from tests.api import shop as shops
from tests.api.auditing import audit, served
from tests.api.playground import talking
from tests.api.shop import Caller, Shop

LIVE = (shops.ACCEPTANCE / "live.graphql").read_text()


def visitor(app) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://piala.test")


async def get(shop: Shop, path: str, **headers: str) -> httpx2.Response:
    return await visitor(shop.app).get(path, headers=headers)


async def test_a_process_that_lives_says_so_without_a_database():
    app = create_app(Settings())
    assert (await visitor(app).get("/healthz")).status_code == 200
    away = await visitor(app).get("/readyz")
    assert away.status_code == 503
    assert away.json() == {"ready": False, "reason": "the database does not answer"}


async def test_a_process_that_can_serve_is_ready(shop):
    response = await get(shop, "/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True})


async def test_a_database_that_lacks_a_migration_is_not_ready(shop):
    await kit_database.execute("DELETE FROM applied_migration WHERE name LIKE '%0002%'")
    response = await get(shop, "/readyz")
    assert response.status_code == 503
    assert response.json()["reason"] == "the database is not up to date"


def test_the_endpoint_passes_all_audits_of_graphql_over_http():
    with served(create_app(Settings())) as url:
        assert audit(f"{url}/graphql") == []


async def test_metrics_count_requests_and_what_is_waiting(shop):
    await shop.member("ann").ask("{ me { id } }")
    await get(shop, "/no/such/place")
    text = (await get(shop, "/metrics")).text
    asked = 'piala_http_request_seconds_count{method="POST",path="/graphql",status="200"} 1.0'
    assert asked in text
    assert 'path="other",status="404"' in text
    assert "piala_pending_entries 0.0" in text
    assert "/no/such/place" not in text


async def test_metrics_are_told_while_the_database_is_away(monkeypatch):
    async def away() -> int:
        raise DatabaseUnavailable("no route to it")

    monkeypatch.setattr(engine, "pending", away)
    response = await visitor(create_app(Settings())).get("/metrics")
    assert response.status_code == 200
    assert "piala_pending_entries NaN" in response.text


async def test_the_screen_is_served_with_all_its_files(shop):
    page = await get(shop, "/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-cache"
    parts = [part.partition('"')[0] for part in page.text.split('"/screen/')[1:]]
    assert len(parts) >= 3
    for part in parts:
        response = await get(shop, f"/screen/{part}")
        assert response.status_code == 200, part
        assert response.headers["x-content-type-options"] == "nosniff"
        kept = response.headers["cache-control"]
        assert kept == "no-cache" if part.endswith(".svg") else kept.endswith("immutable")


@pytest.mark.parametrize(
    "path",
    ["/screen/", "/screen/nothing", "/screen/../app.py", "/screen/%2e%2e%2fapp.py", "/screen"],
)
async def test_no_other_file_is_served(shop, path):
    assert (await get(shop, path)).status_code in (404, 307)


async def test_the_demo_hands_out_a_session(database, clock):
    async with shops.opened(demo=True, demo_member="bob") as shop:
        response = await get(shop, "/demo/session", **{"accept-language": "id"})
        session = response.json()
        assert response.headers["cache-control"] == "no-store"
        assert viewer_of(session["member"]["token"]).member_id == shop.members["bob"]
        assert viewer_of(session["service"]["token"]).role is Role.SERVICE
        assert (session["board"], session["currency"]) == ("spenders", "USD")
        assert session["kinds"] == [
            {"key": "purchase", "title": "Pembelian", "amount": True},
            {"key": "visit", "title": "Visit", "amount": False},
        ]


@pytest.mark.parametrize("changes", [{}, {"demo": True, "environment": "production"}])
async def test_nobody_else_hands_out_tokens(database, clock, changes):
    async with shops.opened(**changes) as shop:
        assert (await get(shop, "/demo/session")).status_code == 404


async def test_in_production_the_schema_is_not_told(database, clock):
    async with shops.opened(environment="production") as shop:
        answer = await shop.member("ann").answer("{ __schema { types { name } } }")
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        page = await get(shop, "/graphql", accept="text/html")
        assert page.status_code != 200


async def test_nobody_is_told_that_a_token_is_needed(shop):
    answer = await shop.nobody().answer("{ me { id } programme { name } }")
    assert {one["extensions"]["code"] for one in answer["errors"]} == {"UNAUTHENTICATED"}
    assert await shop.nobody().ask("{ __typename }") == {"__typename": "Query"}


async def test_a_batch_of_a_thousand_activities_has_room(shop):
    said = {
        "member": {"externalId": "ann"},
        "kind": "purchase",
        "amount": {"minor": 100, "currency": "USD"},
        "occurredAt": "2026-03-02T08:59:59Z",
        "attributes": {"discs": 1, "shelf": "jazz"},
        "channel": "IN_STORE",
        "partner": "p" * 100,
    }
    many = [said | {"idempotencyKey": f"batch-{number}"} for number in range(1_000)]
    fields = "... on RecordActivitiesPayload { accepted replayed }"
    recorded = await shop.service().do("recordActivities", fields, {"activities": many})
    assert (recorded["accepted"], recorded["replayed"]) == (1_000, 0)
    again = await shop.service().do("recordActivities", fields, {"activities": many})
    assert (again["accepted"], again["replayed"]) == (0, 1_000)


async def test_nobody_else_has_that_room(shop):
    large = "{ __typename } #" + "x" * 140_000
    for caller in (shop.member("ann"), shop.nobody(), Caller(shop.app, "nonsense")):
        assert (await caller.send(large)).status_code == 413
    huge = "{ __typename } #" + "x" * 1_100_000
    assert (await shop.service().send(huge)).status_code == 413


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
async def test_a_socket_is_signed_in_by_its_first_message(shop, name):
    async with talking(shop.app) as talker:
        token = f"Bearer {shop.token('ann')}"
        await talker.say(
            {"type": "connection_init", "payload": {name: token, "acceptLanguage": "id"}}
        )
        assert await talker.hear() == {"type": "connection_ack"}
        await talker.subscribe("1", '{ me { displayName } challenge(key: "spring") { title } }')
        data = (await talker.hear())["payload"]["data"]
        assert data == {"me": {"displayName": "Ann"}, "challenge": {"title": "Musim semi"}}


async def test_each_operation_of_a_socket_sees_what_is_new(shop):
    async with talking(shop.app) as talker:
        token = f"Bearer {shop.token('ann')}"
        await talker.say({"type": "connection_init", "payload": {"authorization": token}})
        await talker.hear()
        for number, balance in enumerate((0, 10)):
            await talker.subscribe(str(number), "{ me { points { balance } } }")
            assert (await talker.hear())["payload"]["data"]["me"]["points"]["balance"] == balance
            assert (await talker.hear())["type"] == "complete"
            await shop.buys("ann", 1_000)


async def test_a_socket_of_a_service_hears_no_events(shop):
    async with talking(shop.app) as talker:
        token = f"Bearer {shop.token('till', Role.SERVICE)}"
        await talker.say({"type": "connection_init", "payload": {"authorization": token}})
        await talker.hear()
        await talker.subscribe("1", LIVE)
        refused = await talker.hear()
        assert "DENIED" in str(refused)


async def test_a_socket_closes_when_its_token_expires(shop):
    token = issue_token(shop.members["ann"], Role.MEMBER, lifetime_seconds=1)
    async with talking(shop.app) as talker:
        payload = {"authorization": f"Bearer {token}"}
        await talker.say({"type": "connection_init", "payload": payload})
        await talker.hear()
        await talker.subscribe("1", LIVE)
        async with asyncio.timeout(5):
            assert await talker.closed_with() == 4403


async def test_a_socket_with_a_bad_token_is_refused(shop):
    async with talking(shop.app) as talker:
        payload = {"authorization": "Bearer nonsense"}
        await talker.say({"type": "connection_init", "payload": payload})
        assert await talker.closed_with() == 4403


@pytest.mark.parametrize("cursor", ["", "garbage", "WzFd", "WyJhIiwiYiJd", "WzEsMiwzXQ"])
async def test_a_cursor_of_no_event_is_refused(shop, cursor):
    async with talking(shop.app) as talker:
        token = f"Bearer {shop.token('ann')}"
        await talker.say({"type": "connection_init", "payload": {"authorization": token}})
        await talker.hear()
        await talker.subscribe("1", LIVE, after=cursor)
        assert "INVALID_INPUT" in str(await talker.hear())
