"""What other migrations lean on: the refusal that append-only triggers call."""

from kit.migrating import PerDialect

UP = [
    PerDialect(
        sqlite=[],
        postgres=[
            """
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% only grows', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END $$
            """
        ],
    ),
]
