"""What the demo says when it is served: where to look, and tokens to look with."""

from typing import Any, Final

from api.auth import Role, issue_token
from gamification import members
from piala.demo.people import HERO

SETTINGS: Final[dict[str, Any]] = {
    "demo": True,
    "demo_member": HERO,
    "programme_name": "Kopi Piala",
}
"""What serving the demo adds to the settings."""
SEVEN_DAYS: Final = 7 * 86_400


async def introduction(address: str) -> list[str]:
    """The lines to print: addresses, and tokens of a member, a service and an administrator."""
    hero = await members.find(external_id=HERO)
    tokens = (
        (
            f"member   {hero.display_name}",
            issue_token(hero.id, Role.MEMBER, lifetime_seconds=SEVEN_DAYS),
        ),
        ("service  till", issue_token("till", Role.SERVICE, lifetime_seconds=SEVEN_DAYS)),
        ("admin    ops", issue_token("ops", Role.ADMIN, lifetime_seconds=SEVEN_DAYS)),
    )
    lines = [
        "",
        f"  progress screen  {address}/",
        f"  GraphiQL         {address}/graphql",
        "",
    ]
    for who, token in tokens:
        lines += [f"  {who}", f"  {token}", ""]
    return lines
