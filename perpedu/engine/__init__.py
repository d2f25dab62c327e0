"""What happens after the line is crossed: liquidation, cascades, the insurance fund, and ADL."""
