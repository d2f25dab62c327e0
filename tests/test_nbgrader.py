"""nbgrader, the real one, carries three students' files; our grading fills its gradebook.

nbgrader lives in an environment of its own, `.venv-class`, which is made if it is not there. The trip
is made in it (`tools/classroom/trip.py`), and looked at here.
"""

import json
import re
import stat
import subprocess
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from ruamel.yaml import YAML

from perpedu.classroom import commands
from perpedu.classroom.course import Course

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-class/bin/python"
NAMES = ("anna", "bob", "chloe")
CELLS = {"ch01-notional", "ch01-equity", "ch01-leverage-and-maintenance", "ch02-table-one"}


@pytest.fixture(scope="module")
def trip(tmp_path_factory):
    """The folder that the trip leaves, and what it says of it."""
    made = subprocess.run(["make", ".venv-class/.ready"], cwd=ROOT, capture_output=True, text=True)
    if made.returncode:
        pytest.fail(f"nbgrader could not be set up: {made.stdout}{made.stderr}", pytrace=False)
    folder = tmp_path_factory.mktemp("trip")
    done = subprocess.run([PYTHON, "-m", "tools.classroom.trip", folder], cwd=ROOT, timeout=300,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout.splitlines()[-1])


def answer_cells(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def feedback(folder, name):
    (page,) = folder.glob(f"{name}/assignment1/feedback/*/assignment1.html")
    return page.read_text("utf-8")


def test_every_student_fetches_their_own_notebook(trip):
    folder, _ = trip
    released = {name: folder / f"margin/release/assignment1/{name}/assignment1.ipynb"
                for name in NAMES}
    fetched = folder / "chloe/assignment1/assignment1.ipynb"
    assert fetched.read_bytes() == released["chloe"].read_bytes()
    assert len({path.read_bytes() for path in released.values()}) == 3
    assert [path.name for path in (folder / "chloe/assignment1").iterdir()] == [fetched.name]


def test_copies_cannot_be_listed_and_the_cover_asks_nothing(trip):
    exchange = trip[0] / "exchange/margin"
    copies = exchange / "personal/assignment1"
    assert len(list(copies.iterdir())) == 3
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o711 for path in (copies, copies.parent))
    assert not {path.name for path in copies.iterdir()} & set(NAMES)
    (cover,) = (exchange / "outbound/assignment1").rglob("*.ipynb")
    assert not answer_cells(cover) and "Question" not in cover.read_text("utf-8")


def test_the_exchange_holds_no_secret_and_no_key(trip):
    folder, _ = trip
    secret = Course(folder / "margin").secret
    files = [path for path in (folder / "exchange").rglob("*") if path.is_file()]
    assert files and not any(secret in path.read_text("utf-8") for path in files)
    assert not {"course.yaml", "gradebook.db", "assignment1.csv"} & {path.name for path in files}


def test_points_come_into_the_gradebook(trip):
    _, said = trip
    handed_in = {name: said["points"][name] for name in ("anna", "bob")}
    assert said["scores"] == handed_in
    assert handed_in["anna"] == dict.fromkeys(CELLS, 1.0)
    assert handed_in["bob"] == dict.fromkeys(CELLS, 0.0) | {"ch01-notional": 1.0}


def test_nothing_of_a_submission_is_run(trip):
    folder, said = trip
    submitted = folder / "margin/submitted/bob/assignment1/assignment1.ipynb"
    assert all("open(" in "".join(cell["source"]) for cell in answer_cells(submitted))
    assert said["executed"] == []


def test_what_a_teacher_writes_stays_when_the_class_is_graded_anew(trip):
    folder, said = trip
    assert said["again"]["bob"] == said["scores"]["bob"] | {"ch01-equity": 0.5}
    assert said["again"]["anna"] == said["scores"]["anna"]
    assert "Teacherword" in feedback(folder, "bob")


def test_feedback_comes_back_to_who_handed_in(trip):
    folder, _ = trip
    page = feedback(folder, "anna")
    assert "Score: 4.0 / 4.0" in page and page.count("<b>Comments:</b>") == 4
    assert "Score: 1.5 / 4.0" in feedback(folder, "bob")
    assert not (folder / "chloe/assignment1/feedback").exists()


@pytest.mark.parametrize("name", ["anna", "bob"])
def test_feedback_runs_nothing_and_asks_no_other_server(trip, name):
    page = feedback(trip[0], name)
    assert not re.search(r"<script|forged|(src|href)\s*=\s*.?(https?:)?//|url\(.?https?:|\son\w+=",
                         page, re.IGNORECASE)
    shown = trip[0] / f"margin/autograded/{name}/assignment1/assignment1.ipynb"
    assert not any(cell["outputs"] for cell in answer_cells(shown))


def test_a_course_folder_is_nbgraders_too_and_its_configuration_is_kept(tmp_path, capsys):
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\nanna,Anna\n", "utf-8")
    folder = tmp_path / "Margin & more"
    Course.new(folder, ["ch01.notional"], roster=roster)
    words = ["release", str(folder), "assignment1", "--nbgrader"]
    assert commands.main(words) == 0
    config = folder / "nbgrader_config.py"
    assert str(config) in capsys.readouterr().out and "'Margin-more'" in config.read_text("utf-8")
    config.write_text("# mine", "utf-8")
    assert commands.main(words) == 0 and config.read_text("utf-8") == "# mine"


def test_the_gradebook_says_what_it_needs(tmp_path, capsys):
    roster = tmp_path / "class.csv"
    roster.write_text("id,name\nanna,Anna\n", "utf-8")
    Course.new(tmp_path / "margin", ["ch01.notional"], roster=roster)
    (tmp_path / "margin/submitted").mkdir()
    assert commands.main(["grade", str(tmp_path / "margin"), "assignment1", "--gradebook"]) == 1
    assert "pip install nbgrader" in capsys.readouterr().err


def test_the_proxy_is_locked_by_hash_and_without_addresses():
    written = (ROOT / "tools/classroom/package-lock.json").read_text("utf-8")
    assert "://" not in written
    locked = json.loads(written)["packages"]
    asked = json.loads((ROOT / "tools/classroom/package.json").read_text("utf-8"))["dependencies"]
    assert locked[""]["dependencies"] == asked and "configurable-http-proxy" in asked
    assert all(re.fullmatch(r"[\d.]+", version) for version in asked.values()), "a pin"
    assert all(item["integrity"].startswith("sha512-") for path, item in locked.items() if path)


# ---- a class on a cluster: docs/z2jh

#: Keys of the chart that the values file uses, as its reference has them:
#: z2jh.jupyter.org/en/stable/resources/reference.html. What lies below them is JupyterHub's or
#: Kubernetes' own.
DOCUMENTED = {
    "hub.config": dict, "hub.extraConfig": dict,
    "singleuser.image.name": str, "singleuser.image.tag": str, "singleuser.defaultUrl": str,
    "singleuser.fsGid": int, "singleuser.memory.guarantee": str, "singleuser.memory.limit": str,
    "singleuser.cpu.guarantee": float, "singleuser.cpu.limit": int,
    "singleuser.storage.capacity": str, "singleuser.storage.extraVolumes": list,
    "singleuser.storage.extraVolumeMounts": list, "singleuser.extraFiles": dict,
    "cull.enabled": bool, "cull.timeout": int}
Z2JH = ROOT / "docs/z2jh"


def values():
    return YAML(typ="safe").load(Z2JH / "values.yaml")


def keys(part, name=""):
    """The keys of the file, down to the documented ones."""
    if name in DOCUMENTED or not isinstance(part, dict):
        yield name, part
        return
    for key, below in part.items():
        yield from keys(below, f"{name}.{key}".lstrip("."))


def test_the_values_file_has_documented_keys_alone():
    found = dict(keys(values()))
    assert found.keys() == DOCUMENTED.keys()
    assert {name: type(value) for name, value in found.items()} == DOCUMENTED


def test_the_exchange_is_one_shared_volume():
    storage = values()["singleuser"]["storage"]
    (volume,), (mount,) = storage["extraVolumes"], storage["extraVolumeMounts"]
    claim, job = YAML(typ="safe").load_all(Z2JH / "exchange.yaml")
    name = claim["metadata"]["name"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert volume == {"name": mount["name"], "persistentVolumeClaim": {"claimName": name}}
    pod = job["spec"]["template"]["spec"]
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == name


def test_the_values_configure_nbgrader_with_that_volume():
    single = values()["singleuser"]
    file = single["extraFiles"]["nbgrader_config"]
    assert file.keys() == {"mountPath", "stringData"}
    assert file["mountPath"] == "/etc/jupyter/nbgrader_config.py"
    written = compile(file["stringData"], "nbgrader_config.py", "exec")
    assert "perpedu.classroom.exchange" in written.co_names
    (mount,) = single["storage"]["extraVolumeMounts"]
    assert mount["mountPath"] in written.co_consts


def test_students_are_kept_apart_on_a_cluster():
    hub = values()["hub"]
    assert "dummy" not in str(hub["config"])
    ran = {"c": SimpleNamespace(KubeSpawner=SimpleNamespace())}
    exec(hub["extraConfig"]["own-uid"], ran)
    uids = {ran["c"].KubeSpawner.uid(SimpleNamespace(user=SimpleNamespace(id=number)))
            for number in range(1, 11)}
    assert len(uids) == 10 and min(uids) > 1000


def test_the_image_has_the_nbgrader_that_is_tried_here():
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (wanted,) = [one for one in asked["optional-dependencies"]["class"] if "nbgrader" in one]
    assert f'"{wanted}"' in (Z2JH / "Dockerfile").read_text("utf-8")
