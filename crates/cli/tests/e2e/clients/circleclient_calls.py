"""Every call of circleclient, whose address https://circleci.com is its own: a proxy leads it to the server."""

import os

from circleclient import circleclient

client = circleclient.CircleClient(os.environ["RONDO_TOKEN"])
A = ("acme", "web")

assert client.user.info()["login"] == "mika"
assert client.projects.list_projects()[0]["reponame"] == "web"
assert client.build.status(*A, 1)["outcome"] == "success"
assert client.build.artifacts(*A, 1)[0]["path"] == "kept.txt"
assert client.build.recent(*A)[0]["reponame"] == "web"
assert client.build.recent(*A, limit=2, branch="main", status_filter="successful")
assert client.build.recent_all_projects(limit=1)[0]["username"] == "acme"
made = client.build.trigger(*A, "main", COLOUR="red")
assert made["build_parameters"] == {"CIRCLE_JOB": "build", "COLOUR": "red"}, made
assert client.build.cancel(*A, made["build_num"])["build_num"] == made["build_num"]
assert client.build.retry(*A, 1)["retry_of"] == 1
try:
    client.cache.clear(*A)
except Exception as error:
    assert "400" in str(error), error
else:
    raise AssertionError("a cache that is not there was cleared")
print("every call was made")
