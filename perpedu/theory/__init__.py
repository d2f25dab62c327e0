"""What is true: numbers, symbols, formulas and certified derivations."""
