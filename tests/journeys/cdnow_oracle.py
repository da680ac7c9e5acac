"""What `piala stats` must say of CDNOW's file, computed from the file alone, without any Piala.

python tests/journeys/cdnow_oracle.py CDNOW_master.txt
"""

import json
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from pathlib import Path

LAST_DAY = "19980630"


def expected(lines, refunds=()):
    """The statistics of the rows of the file (header included), up to the last day.

    A refund is the number of a line, a part's number, a fraction, and the day on which it was made.
    """
    taken = defaultdict(Fraction)
    for number, _, fraction, day in refunds:
        if day <= LAST_DAY:
            taken[number] += Fraction(fraction)
    purchases = defaultdict(list)
    recorded = 0
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            customer, day, discs, dollars = line.split()
            if day <= LAST_DAY:
                recorded += 1
                rows = purchases[customer]  # Also of those who gave everything back.
                if taken[number] < 1:
                    cents = int(Decimal(dollars) * 100)
                    cents -= ceil(cents * taken[number])
                    rows.append((day, floor(int(discs) * (1 - taken[number])), cents))
    for rows in purchases.values():
        rows.sort(key=lambda row: row[0])  # Stable: rows of one day stay in the file's order.

    everybody = purchases.values()
    discs = [sum(row[1] for row in rows) for rows in everybody]
    cents = {customer: sum(row[2] for row in rows) for customer, rows in purchases.items()}
    summers = sum(
        sum("19970601" <= day <= "19970831" for day, _, _ in rows) >= 3 for rows in everybody
    )
    runs = Counter(longest_run({day[:6] for day, _, _ in rows}) for rows in everybody)
    return {
        "members": len(purchases),
        "activities": recorded,
        "points_issued": 50 * summers
        + sum(cents_of_one // 100 for rows in everybody for _, _, cents_of_one in rows),
        "tiers": {
            "bronze": sum(total < 10_000 for total in cents.values()),
            "silver": sum(10_000 <= total < 25_000 for total in cents.values()),
            "gold": sum(25_000 <= total < 50_000 for total in cents.values()),
            "platinum": sum(total >= 50_000 for total in cents.values()),
        },
        "badges": {
            "first-disc": sum(bool(rows) for rows in everybody),
            "collector": {
                "bronze": sum(total >= 10 for total in discs),
                "silver": sum(total >= 25 for total in discs),
                "gold": sum(total >= 50 for total in discs),
            },
            "big-basket": sum(any(row[2] >= 10_000 for row in rows) for rows in everybody),
            "regular": sum(len({row[0] for row in rows}) >= 5 for rows in everybody),
        },
        "challenges": {"summer-97": summers},
        "streaks": {"monthly": {"longest": max(runs), "members": runs[max(runs)]}},
        "leaderboards": {"spenders": best(cents)},
    }


def longest_run(months):
    """The most calendar months in a row."""
    numbers = sorted(int(month[:4]) * 12 + int(month[4:]) for month in months)
    longest = run = min(1, len(numbers))
    for before, number in pairwise(numbers):
        run = run + 1 if number == before + 1 else 1
        longest = max(longest, run)
    return longest


def best(cents):
    """The ten who spent most; the file has no tie among them."""
    first = sorted(cents.items(), key=lambda pair: -pair[1])[:11]
    assert len({total for _, total in first}) == 11
    return [
        {"rank": rank, "member": customer, "score": total}
        for rank, (customer, total) in enumerate(first[:10], start=1)
    ]


if __name__ == "__main__":
    print(json.dumps(expected(Path(sys.argv[1]).read_text().splitlines()), indent=2))
