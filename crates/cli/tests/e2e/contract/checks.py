"""What schemathesis is taught besides its own checks; contract.rs has it loaded. Its own check of authentication takes
401 and 403 alone for a refusal, and here a project that nobody may know of is 404."""

import requests
import schemathesis


@schemathesis.check
def only_a_good_token_opens(ctx, response, case):
    """What a token opened stays closed without it and with another one, and the refusal tells nothing of what it hides."""
    open_to_all = case.operation.definition.raw.get("x-right", "unknown") is None
    if not 200 <= response.status_code < 300 or open_to_all or case.method == "OPTIONS":
        return
    # A deletion leaves nothing behind that a second request could show.
    if case.method == "DELETE":
        return
    for token in [None, "rdpat_00000000000_00000000000000000000000000000000000000000000000000"]:
        probe = case.as_transport_kwargs()
        headers = {k: v for k, v in probe.pop("headers", {}).items() if k.lower() not in ("circle-token", "authorization")}
        if token:
            headers["Circle-Token"] = token
        answer = requests.request(**probe, headers=headers, timeout=10)
        if answer.status_code not in (401, 403, 404):
            shown = "no token" if token is None else "an unknown token"
            raise AssertionError(f"{shown}: {answer.status_code}")
        body = answer.json()
        if set(body) - {"message", "code", "reason"}:
            raise AssertionError(f"a refusal tells more: {sorted(body)}")
