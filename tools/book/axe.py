"""What axe-core finds on a page; the package is in requirements/package-lock.json, for tests only."""

from . import vendor


def grave(page, only=None):
    """The serious and critical findings, with the places of the first five each."""
    page.add_script_tag(path=vendor.install() / "axe-core" / "axe.min.js")
    options = {"resultTypes": ["violations"], **({"runOnly": only} if only else {})}
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]][:5]) for rule in found
            if rule["impact"] in ("serious", "critical")]
