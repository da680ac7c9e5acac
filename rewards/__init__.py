"""What points are for: a catalogue of rewards, redemptions, and donations to charities."""
