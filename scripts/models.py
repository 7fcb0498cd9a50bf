#!/usr/bin/env python3
"""Prune AWS's public service models to the actions that the lab answers.

Reads internal/lab/aws/actions.txt and the models of an installed botocore;
writes internal/lab/aws/<package>/model.json: these actions, the shapes that
they reach, and no documentation. One line a shape, keys sorted, so that a new
action is a small diff. Afterwards: go generate ./internal/lab/...
"""

import json
import pathlib
import sys

import botocore
import botocore.loaders

AWS = pathlib.Path(__file__).resolve().parent.parent / "internal" / "lab" / "aws"

# Packages whose name is not botocore's name of the service.
BOTOCORE_NAME = {"tagging": "resourcegroupstaggingapi"}

METADATA = {
    "apiVersion", "endpointPrefix", "jsonVersion", "protocols", "serviceId",
    "signingName", "targetPrefix", "xmlNamespace",
}
OPERATION = {"errors", "http", "input", "output"}
REFERENCE = {
    "flattened", "idempotencyToken", "jsonvalue", "location", "locationName",
    "queryName", "resultWrapper", "shape", "streaming", "timestampFormat",
    "xmlAttribute", "xmlNamespace",
}
SHAPE = REFERENCE | {
    "document", "error", "exception", "fault", "payload", "required", "type",
    "union",
}


def keep(d, keys):
    return {k: v for k, v in d.items() if k in keys}


def references(shape):
    yield from shape.get("members", {}).values()
    for part in ("member", "key", "value"):
        if part in shape:
            yield shape[part]


def prune_shape(shape):
    out = keep(shape, SHAPE)
    if shape.get("exception"):
        return out  # code, status and fault say all that an error needs
    if "members" in shape:
        out["members"] = {n: keep(r, REFERENCE) for n, r in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            out[part] = keep(shape[part], REFERENCE)
    return out


def prune(model, actions):
    """Returns the part of a service model that the actions need."""
    operations, shapes = {}, {}
    for action in sorted(actions):
        op = model["operations"].get(action)
        if op is None:
            sys.exit(f"{model['metadata']['serviceId']} has no action {action}")
        kept = keep(op, OPERATION)
        for part in ("input", "output"):
            if part in kept:
                kept[part] = keep(kept[part], REFERENCE)
        kept["errors"] = sorted(e["shape"] for e in op.get("errors", []))
        operations[action] = kept
        todo = [kept[p]["shape"] for p in ("input", "output") if p in kept]
        todo += kept["errors"]
        while todo:
            name = todo.pop()
            if name not in shapes:
                shapes[name] = prune_shape(model["shapes"][name])
                todo += [r["shape"] for r in references(shapes[name])]
    meta = keep(model["metadata"], METADATA)
    # Older models name one protocol; the lab does not speak the binary one.
    spoken = model["metadata"].get("protocols", [model["metadata"]["protocol"]])
    meta["protocols"] = [p for p in spoken if p != "smithy-rpc-v2-cbor"]
    # A REST request does not carry its action's name: the other actions' routes
    # stay, so that the lab can refuse them by name.
    others = {}
    if any(p.startswith("rest-") for p in meta["protocols"]):
        for name, op in model["operations"].items():
            if name not in operations:
                others[name] = f"{op['http']['method']} {op['http']['requestUri']}"
    return {"metadata": meta, "operations": operations, "others": others, "shapes": shapes}


def render(doc):
    """JSON with one line an entry of each section."""
    def flat(v):
        return json.dumps(v, sort_keys=True, separators=(",", ":"))

    sections = []
    for section in sorted(doc):
        lines = [f"{json.dumps(k)}: {flat(v)}" for k, v in sorted(doc[section].items())]
        body = ",\n".join(lines)
        sections.append(f"{json.dumps(section)}: {{\n{body}\n}}" if lines else f"{json.dumps(section)}: {{}}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def main():
    wanted = {}
    for line in (AWS / "actions.txt").read_text().splitlines():
        line = line.split("#")[0].split()
        if line:
            package, action = line
            wanted.setdefault(package, set()).add(action)
    loader = botocore.loaders.Loader()
    for package, actions in sorted(wanted.items()):
        model = loader.load_service_model(BOTOCORE_NAME.get(package, package), "service-2")
        out = AWS / package / "model.json"
        out.parent.mkdir(exist_ok=True)
        out.write_text(render(prune(model, actions)))
        print(f"{package}: {len(actions)} actions, botocore {botocore.__version__}", file=sys.stderr)


if __name__ == "__main__":
    main()
