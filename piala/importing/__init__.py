"""Importing: activities and retractions from files, through the same journal as everybody's."""

from piala.importing.activities import activities_of
from piala.importing.found import Read, TakenBack
from piala.importing.lines import Lines, opened
from piala.importing.mapping import Compiled, Mapping, compiled, load
from piala.importing.recording import Counts, Watcher, import_file
from piala.importing.rows import Bad, Blank, Line

__all__ = [
    "Bad",
    "Blank",
    "Compiled",
    "Counts",
    "Line",
    "Lines",
    "Mapping",
    "Read",
    "TakenBack",
    "Watcher",
    "activities_of",
    "compiled",
    "import_file",
    "load",
    "opened",
]
