"""What the reader sees and touches: one look, figures, explorers and exercise cards."""
