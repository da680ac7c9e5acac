"""How points, rank and honour are won: one journal, one fold, one standing a member."""
