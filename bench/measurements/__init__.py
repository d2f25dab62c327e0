"""One module for each measurement; `bench` says what is in it."""
