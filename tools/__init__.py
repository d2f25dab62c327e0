"""What the Makefile runs: environments, the lab, the browser of the tests, notebooks."""
