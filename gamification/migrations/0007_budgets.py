"""Common budgets of earning rules: how much of each is granted, and what each entry was allowed."""

from kit.migrating import PerDialect, append_only

_RETURN = "rule_budget only grows"

UP = [
    # The row is the lock under which all that want of a budget stand in line.
    """
    CREATE TABLE rule_budget (
        rule    TEXT PRIMARY KEY CHECK (rule <> ''),
        granted {bigint} NOT NULL CHECK (granted >= 0)
    ) {strict}
    """,
    PerDialect(
        sqlite=[
            "CREATE TRIGGER rule_budget_never_shrinks BEFORE UPDATE ON rule_budget"
            " WHEN NEW.granted < OLD.granted OR NEW.rule <> OLD.rule"
            f" BEGIN SELECT RAISE(ABORT, '{_RETURN}'); END",
            "CREATE TRIGGER rule_budget_is_never_deleted BEFORE DELETE ON rule_budget"
            f" BEGIN SELECT RAISE(ABORT, '{_RETURN}'); END",
        ],
        postgres=[
            "CREATE TRIGGER rule_budget_never_shrinks BEFORE UPDATE ON rule_budget FOR EACH ROW"
            " WHEN (NEW.granted < OLD.granted OR NEW.rule <> OLD.rule)"
            " EXECUTE FUNCTION refuse_change()",
            "CREATE TRIGGER rule_budget_is_never_deleted BEFORE DELETE ON rule_budget FOR EACH ROW"
            " EXECUTE FUNCTION refuse_change()",
            "CREATE TRIGGER rule_budget_is_never_emptied BEFORE TRUNCATE ON rule_budget"
            " EXECUTE FUNCTION refuse_change()",
        ],
    ),
    # A fact about an entry: what it asked of a rule's budget when it was settled, and what it got.
    """
    CREATE TABLE budget_grant (
        source      TEXT NOT NULL REFERENCES journal_entry (source),
        rule        TEXT NOT NULL REFERENCES rule_budget,
        member_id   TEXT NOT NULL REFERENCES member,
        at          {bigint} NOT NULL,
        wished      {bigint} NOT NULL CHECK (wished > 0),
        points      {bigint} NOT NULL CHECK (points BETWEEN 0 AND wished),
        recorded_at {bigint} NOT NULL,
        PRIMARY KEY (source, rule)
    ) {clustered}
    """,
    "CREATE INDEX budget_grant_by_member ON budget_grant (member_id, at)",
    "CREATE INDEX budget_grant_by_rule ON budget_grant (rule)",
    append_only("budget_grant"),
]
