"""Validates answers against an OpenAPI document whose objects are closed first: a field that is not told of is wrong.
Prints what is wrong, a line each; and at the end that every call was seen to succeed, if it was."""

import json
import sys

from jsonschema_rs import Draft202012Validator

given = json.load(open(sys.argv[1]))
document = given["document"]


def close(schema):
    """No object has other fields than those that are told of."""
    if isinstance(schema, list):
        for part in schema:
            close(part)
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
        for name, part in schema.items():
            if name != "enum":
                close(part)


close(document["components"]["schemas"])
findings, answered = [], set()
for one in given["answers"]:
    name = f"{one['method'].upper()} {one['path']}"
    call = document["paths"].get(one["path"], {}).get(one["method"])
    if call is None:
        findings.append(f"{name}: is not in the document")
        continue
    told = call["responses"].get(str(one["status"]))
    if told is None:
        findings.append(f"{name}: {one['status']} is not in the document: {one['answer']}")
        continue
    schema = {**told["content"]["application/json"]["schema"], "components": document["components"]}
    for error in Draft202012Validator(schema).iter_errors(one["answer"]):
        findings.append(f"{name} {one['status']}: {list(error.instance_path)}: {error.message[:300]}")
    # An empty list shows no schema.
    if one["status"] < 300 and one["answer"] != []:
        answered.add(name)

never = [name for name in ("POST /user/heroku-key", "DELETE P/build-cache", "POST P/{number}/ssh", "POST P/{number}/ssh-users")]
never = {name.replace("P/", "/project/{vcs}/{org}/{repo}/") for name in never}
# A key that would be taken is in the tests of SSH.
never |= {f"{method} /project/{{vcs}}/{{org}}/{{repo}}/ssh-key" for method in ("POST", "DELETE")}
for path, calls in document["paths"].items():
    for method in calls:
        name = f"{method.upper()} {path}"
        if name not in answered | never:
            findings.append(f"{name}: no answer succeeded that shows something")

print("\n".join(sorted(set(findings))) if findings else "every call had an answer that is there")
