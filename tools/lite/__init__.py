"""JupyterLite: the chapters with Python in the reader's browser, served by ourselves."""
