"""Calls AWS actions through boto3 at another endpoint, as told on stdin.

Each line of stdin is {"service", "action", "input"}; each line of stdout is what
boto3 parsed: {"output"} or {"error": {"code", "message"}}. Times are {"$time":
"milliseconds"}, bytes {"$blob": "base64"} and numbers strings, both ways.
"""

import base64
import datetime
import json
import sys

import boto3
import botocore.config
import botocore.exceptions
import botocore.response
from botocore import xform_name

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = datetime.timedelta(milliseconds=1)


def parse(v, shape):
    """Makes of a JSON value what boto3 takes for a shape."""
    if shape.type_name == "structure":
        return {k: parse(x, shape.members[k]) for k, x in v.items()}
    if shape.type_name == "list":
        return [parse(x, shape.member) for x in v]
    if shape.type_name == "map":
        return {k: parse(x, shape.value) for k, x in v.items()}
    if shape.type_name in ("integer", "long"):
        return int(v)
    if shape.type_name in ("float", "double"):
        return float(v)
    if shape.type_name == "timestamp":
        return EPOCH + int(v["$time"]) * MILLISECOND
    if shape.type_name == "blob":
        return base64.b64decode(v["$blob"])
    return v


def show(v):
    """The opposite of parse, for what boto3 returns."""
    if isinstance(v, dict):
        return {k: show(x) for k, x in v.items()}
    if isinstance(v, list):
        return [show(x) for x in v]
    if isinstance(v, datetime.datetime):
        return {"$time": str(round((v - EPOCH) / MILLISECOND))}
    if isinstance(v, botocore.response.StreamingBody):
        v = v.read()
    if isinstance(v, bytes):
        return {"$blob": base64.b64encode(v).decode()}
    if isinstance(v, (int, float)) and not isinstance(v, bool):
        return str(v)
    return v


def main():
    url = sys.argv[1]
    clients = {}
    session = boto3.session.Session()
    loader = session._session.get_component("data_loader")
    load = loader.load_service_model

    def plain(*args, **options):
        """A model without the binary protocol, which the lab does not speak."""
        model = load(*args, **options)
        spoken = model.get("metadata", {}).get("protocols", [])
        if "smithy-rpc-v2-cbor" in spoken:
            model["metadata"]["protocols"] = ["query"]
            model["metadata"]["protocol"] = "query"
        return model

    loader.load_service_model = plain
    for line in sys.stdin:
        call = json.loads(line)
        name = call["service"]
        if name not in clients:
            clients[name] = session.client(
                name, endpoint_url=url, region_name="eu-west-1",
                aws_access_key_id="LABKEY111111111111", aws_secret_access_key="secret",
                config=botocore.config.Config(
                    parameter_validation=False,  # random values keep no length limits
                    retries={"total_max_attempts": 1},
                ),
            )
        client = clients[name]
        shape = client.meta.service_model.operation_model(call["action"]).input_shape
        args = parse(call["input"], shape) if shape else {}
        try:
            out = getattr(client, xform_name(call["action"]))(**args)
            out.pop("ResponseMetadata")
            answer = {"output": show(out)}
        except botocore.exceptions.ClientError as e:
            answer = {"error": {"code": e.response["Error"]["Code"], "message": e.response["Error"]["Message"]}}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
