"""How bodies that are no JSON are written; Schemathesis loads this file."""

import json

import schemathesis


def written(value):
    """Text as it is, and anything else as JSON: what is no interchange has to be refused in any shape."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        value = json.dumps(value)
    return value.encode("utf-8", errors="surrogatepass")


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    """One event a line."""
    if isinstance(value, list):
        return b"\n".join(written(item) for item in value)
    return written(value)


@schemathesis.serializer("application/edifact")
def interchange(ctx, value):
    """EDIFACT is text."""
    return written(value)
