"""The ground that every floor stands on; it knows no word of loyalty."""
