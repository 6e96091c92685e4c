"""Every call of pycircleci for API v1.1, against a server that has build 1 of acme/web with an artifact and a test."""

import os
import sys

import requests
from pycircleci.api import Api

url, token = os.environ["RONDO_URL"], os.environ["RONDO_TOKEN"]
api = Api(token=token, url=f"{url}/api")
A = ("acme", "web")


def refused(status, code, call, *arguments, **named):
    """The call must be refused, and say so."""
    try:
        answer = call(*arguments, **named)
    except requests.exceptions.HTTPError as error:
        body = error.response.json()
        assert error.response.status_code == status, (call, error.response.status_code, body)
        assert body["code"] == code, (call, body)
        return
    raise AssertionError(f"{call} was taken: {answer}")


assert api.get_user_info()["login"] == "mika"
assert api.follow_project(*A)["following"] is True
assert api.get_projects()[0]["branches"]["main"]["recent_builds"][0]["build_num"] == 1
assert api.get_user_repos()[0]["name"] == "web"
assert [r["name"] for r in api.get_user_repos(paginate=True)] == ["web"]
assert api.get_project_build_summary(*A, limit=1)[0]["build_num"] == 1
assert api.get_project_build_summary(*A, status_filter="successful", branch="main", shallow=True)
assert api.get_recent_builds(limit=1, shallow=True)[0]["reponame"] == "web"
build = api.get_build_info(*A, 1)
assert build["outcome"] == "success" and build["steps"], build
artifact = api.get_artifacts(*A, 1)[0]
assert api.get_latest_artifact(*A, branch="main", status_filter="successful")[0] == artifact
kept = api.download_artifact(artifact["url"], destdir=sys.argv[1])
assert open(kept).read() == "kept\n"
assert api.get_test_metadata(*A, 1)["tests"][0]["result"] == "success"
again = api.retry_build(*A, 1)
assert again["retry_of"] == 1 and again["why"] == "retry", again
assert api.cancel_build(*A, again["build_num"])["build_num"] == again["build_num"]
refused(400, "not_supported", api.retry_build, *A, 1, ssh=True)
refused(400, "not_supported", api.add_ssh_user, *A, 1)
made = api.trigger_build(*A, branch="main", params={"build_parameters[COLOUR]": "red"})
assert made["build_parameters"] == {"CIRCLE_JOB": "build", "COLOUR": "red"}, made
made = api.trigger_build(*A, branch="main", params={"build_parameters": {"N": 500}})
assert made["build_parameters"]["N"] == "500", made
assert api.list_checkout_keys(*A) == []
key = api.create_checkout_key(*A, "deploy-key")
assert api.get_checkout_key(*A, key["fingerprint"])["fingerprint"] == key["fingerprint"]
assert api.delete_checkout_key(*A, key["fingerprint"]) == {"message": "ok"}
refused(400, "invalid", api.add_ssh_key, *A, "not a key", hostname="git.example")
assert api.add_envvar(*A, "COLOUR", "crimson-red")["value"] == "xxxx-red"
assert api.list_envvars(*A) == [api.get_envvar(*A, "COLOUR")]
assert api.delete_envvar(*A, "COLOUR") == {"message": "ok"}
settings = api.get_project_settings(*A)
updated = api.update_project_settings(*A, {"feature_flags": {"oss": False}})
# The builds that were triggered go on meanwhile, and branches tell of them.
assert {**updated, "branches": None} == {**settings, "branches": None}, updated
refused(400, "invalid", api.update_project_settings, *A, {"feature_flags": {"osx": True}})
print("every call was made")
