"""The table of scores: derived from journals, and there to be ranked by index."""

from kit.database import Table

SCORES = Table(
    "score",
    {
        "board": "text",
        "period": "bigint",
        "member_id": "text",
        "score": "bigint",
        "reached_at": "bigint",
        "tiebreak": "bigint",
    },
)
