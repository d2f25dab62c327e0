"""What it is true of: contracts, positions, tier tables, and the venues' tables as data."""
