import uuid

from kit import clock as kit_clock
from kit import ids


def test_an_id_is_a_uuid_of_version_7_that_tells_its_time():
    with kit_clock.fixed(kit_clock.parse("2199-01-01T00:00:00.123Z")):
        made = ids.new()
    parsed = uuid.UUID(made)
    assert str(parsed) == made
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == kit_clock.parse("2199-01-01T00:00:00.123Z") // 1000


def test_ids_only_grow_although_the_clock_stands_or_goes_back(clock):
    made = [ids.new() for _ in range(2000)]
    clock.advance(days=-3000)
    made += [ids.new() for _ in range(2000)]
    assert made == sorted(set(made))
    assert all(uuid.UUID(one).version == 7 for one in made)


def test_a_seed_repeats_them(clock):
    with ids.seeded(1):
        first = [ids.new() for _ in range(3)]
    with ids.seeded(1):
        assert [ids.new() for _ in range(3)] == first
    with ids.seeded(2):
        assert ids.new() not in first
    assert ids.new() not in first
