"""What members, their journal, their standing and the programme are kept in."""
