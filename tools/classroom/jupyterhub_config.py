"""The hub of `make classroom-test`: on this machine alone, local processes, anybody's password.

For a test only. A class needs accounts and walls between them: docs/z2jh/values.yaml.
"""

import os
import sys
from pathlib import Path

folder = Path(os.environ["CLASSROOM"])
hub, api, proxy = os.environ["CLASSROOM_PORTS"].split()
here = "http://127.0.0.1:"

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = here + hub
c.JupyterHub.hub_bind_url = here + api
c.JupyterHub.db_url = f"sqlite:///{folder / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.ConfigurableHTTPProxy.api_url = here + proxy
c.ConfigurableHTTPProxy.pid_file = str(folder / "proxy.pid")
c.ConfigurableHTTPProxy.command = os.environ["CLASSROOM_PROXY"].split("\n")

c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(folder / "homes" / "{username}")
c.JupyterHub.concurrent_spawn_limit = 3
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
#: As /etc/jupyter on a school's hub: nbgrader's configuration for every student.
c.Spawner.environment = {"JUPYTER_CONFIG_PATH": str(folder / "etc"), "PATH": os.environ["PATH"],
                         "PYTHONPATH": os.environ["PYTHONPATH"]}
for name, part in {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
                   "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}.items():
    c.Spawner.environment[name] = lambda spawner, part=part: str(
        folder / "homes" / spawner.user.name / ".jupyter" / part)
