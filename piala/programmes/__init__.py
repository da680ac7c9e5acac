"""Programmes as files that people review."""

from piala.programmes.applying import (
    Applied,
    apply,
    apply_documents,
    diff,
    export,
    published,
    read,
)
from piala.programmes.document import Publication, publications_of

__all__ = [
    "Applied",
    "Publication",
    "apply",
    "apply_documents",
    "diff",
    "export",
    "publications_of",
    "published",
    "read",
]
