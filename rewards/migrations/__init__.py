"""What rewards, redemptions and donations are kept in."""
