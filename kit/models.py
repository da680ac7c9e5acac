"""The tables of the ground."""

from tortoise import fields
from tortoise.models import Model


class AppliedMigration(Model):
    """A migration that this database has been through."""

    name = fields.CharField(max_length=200, primary_key=True)
    applied_at = fields.BigIntField()

    class Meta:
        table = "applied_migration"
