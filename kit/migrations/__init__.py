"""What the ground keeps in the database."""
