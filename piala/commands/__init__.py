"""What each command does: modules that answer with an exit status."""
