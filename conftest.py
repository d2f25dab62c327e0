"""For every test and every notebook: no bars of progress, which would differ from run to run."""

import os

os.environ["TQDM_DISABLE"] = "1"
