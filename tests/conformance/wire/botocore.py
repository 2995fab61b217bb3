"""The AWS CLI's own botocore as the other end of the wire.

Reads a JSON list of cases on standard input and writes a JSON list of results. A case has `service`, `operation`,
`input`, `output` and `response` (our body for that output). Members that this botocore does not know yet are cut
off; what then lacks something required counts as not known.
A result has `known`, the cut `input`, the request `body` and `target` that botocore makes of it, and `difference`, what
it read of our response where that is not the cut output.
"""

import base64
import datetime
import json
import sys

from awscli.botocore import loaders, model, parsers, serialize


def plain(value):
    """JSON for comparison: dates as milliseconds, bytes as base64."""
    if isinstance(value, datetime.datetime):
        return {"$date": round(value.timestamp() * 1000)}
    if isinstance(value, bytes):
        return {"$blob": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def cut(value, shape):
    """The members of a value that the shape has, in botocore's types."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        return {name: cut(item, shape.members[name]) for name, item in value.items() if name in shape.members}
    if shape.type_name == "list":
        return [cut(item, shape.member) for item in value]
    if shape.type_name == "map":
        return {key: cut(item, shape.value) for key, item in value.items()}
    if shape.type_name == "timestamp":
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return epoch + datetime.timedelta(milliseconds=value["$date"])
    if shape.type_name == "blob":
        return base64.b64decode(value["$blob"])
    return value


def filled(value):
    """A request's value without the structures and lists that cutting left empty: a query cannot say them."""
    if isinstance(value, dict):
        items = {key: filled(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in ({}, [])}
    if isinstance(value, list):
        return [item for item in map(filled, value) if item not in ({}, [])]
    return value


def complete(value, shape):
    """Whether cutting left all that is required."""
    if shape is None:
        return True
    if shape.type_name == "structure":
        return all(name in value for name in shape.required_members) and all(
            complete(item, shape.members[name]) for name, item in value.items()
        )
    if shape.type_name == "list":
        return all(complete(item, shape.member) for item in value)
    return True


def result(service_model, case):
    try:
        operation = service_model.operation_model(case["operation"])
    except model.OperationNotFoundError:
        return {"known": False}
    given = filled(cut(case["input"], operation.input_shape))
    if not complete(given, operation.input_shape):
        return {"known": False}
    serializer = serialize.create_serializer(service_model.metadata["protocol"], False)
    request = serializer.serialize_to_request(given, operation)
    body = request["body"]
    parser = parsers.create_parser(service_model.metadata["protocol"])
    response = {"body": case["response"].encode(), "headers": {}, "status_code": 200}
    read = parser.parse(response, operation.output_shape)
    read.pop("ResponseMetadata", None)
    expected = cut(case["output"], operation.output_shape)
    return {
        "known": True,
        "input": plain(given),
        "body": body if isinstance(body, dict) else body.decode(),
        "target": request["headers"].get("X-Amz-Target"),
        "difference": None if read == expected else {"read": plain(read), "expected": plain(expected)},
    }


def main():
    loader = loaders.Loader()
    models = {}
    results = []
    for case in json.load(sys.stdin):
        service = case["service"]
        if service not in models:
            models[service] = model.ServiceModel(loader.load_service_model(service, "service-2"), service)
        results.append(result(models[service], case))
    json.dump(results, sys.stdout)


main()
