"""The mapping file: how the columns of somebody's file become activities."""

from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from gamification.journal import AttributeType
from kit.errors import InvalidInput
from piala import yaml_files
from piala.importing.templates import LINE, Template

WHITESPACE: Final = "whitespace"


class Time(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When it happened: ISO 8601, or a `format` of `strptime`. `zone` is for times without one."""

    value: str
    format: str = ""
    zone: str = "UTC"


class Amount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money in major units (`11.77`); an empty column is no amount."""

    value: str
    currency: str


class Attribute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An attribute of the activity; an empty column is none."""

    value: str
    type: AttributeType = AttributeType.STRING


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping as it stands in its file. Values are templates: `purchase`, `{customer}`,
    `shop:{line:06d}`. Columns are named by the file's first line, by `columns`, or `1`, `2`, ….
    """

    source: str
    member: str
    kind: str
    occurred_at: Time
    amount: Amount | None = None
    quantity: str = ""
    channel: str = "IMPORT"
    partner: str = ""
    attributes: dict[str, Attribute] = {}
    delimiter: str = ","
    header: bool = True
    columns: tuple[str, ...] = ()
    json_lines: bool = False


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping whose templates are ready to be filled."""

    mapping: Mapping
    source: Template
    member: Template
    kind: Template
    occurred_at: Template
    amount: Template | None
    currency: Template | None
    quantity: Template | None
    channel: Template
    partner: Template
    attributes: tuple[tuple[str, Template, AttributeType], ...]
    zone: ZoneInfo

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a row must have."""
        optional = [self.amount, self.currency, self.quantity]
        templates = [self.source, self.member, self.kind, self.occurred_at, self.channel]
        templates += [self.partner, *(template for template in optional if template)]
        templates += [template for _, template, _ in self.attributes]
        return frozenset().union(*(template.columns for template in templates)) - {LINE}


def load(path: Path) -> Compiled:
    """The mapping in a YAML file. Raises `InvalidInput` that says what is wrong with it."""
    documents = yaml_files.read(path)
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise InvalidInput.at(path.name, "must be one mapping of names to values")
    return compiled(documents[0], name=path.name)


def compiled(document: Any, *, name: str) -> Compiled:
    """The mapping in a YAML document; problems are reported under `name`."""
    try:
        mapping = msgspec.convert(document, Mapping)
        if mapping.delimiter != WHITESPACE and len(mapping.delimiter) != 1:
            raise ValueError(f"the delimiter is one character, or '{WHITESPACE}'")
        return _compiled(mapping)
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidInput.at(name, str(error)) from None


def _compiled(mapping: Mapping) -> Compiled:
    amount = mapping.amount
    return Compiled(
        mapping=mapping,
        source=Template(mapping.source),
        member=Template(mapping.member),
        kind=Template(mapping.kind),
        occurred_at=Template(mapping.occurred_at.value),
        amount=Template(amount.value) if amount else None,
        currency=Template(amount.currency) if amount else None,
        quantity=Template(mapping.quantity) if mapping.quantity else None,
        channel=Template(mapping.channel),
        partner=Template(mapping.partner),
        attributes=tuple(
            (name, Template(attribute.value), attribute.type)
            for name, attribute in mapping.attributes.items()
        ),
        zone=_zone(mapping.occurred_at.zone),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}") from None
