"""Reads a JSON list of files that `rampart export` wrote and writes, for each, how it differs from the AWS CLI's own skeleton.

A file has `service`, `command` and `body`. A result has `known` (whether this CLI has the command), `unknown` (members that
its skeleton of the output has not) and `wrong` (values of another type than the skeleton's), each by its path.
"""

import datetime
import json
import sys

from awscli.botocore import xform_name
from awscli.botocore.session import get_session
from awscli.botocore.utils import ArgumentGenerator

session = get_session()


def skeleton_of(service, command):
    """What `aws SERVICE COMMAND --generate-cli-skeleton output` is made of; None where this CLI lacks the command."""
    model = session.get_service_model(service)
    for name in model.operation_names:
        if xform_name(name, "-") == command:
            return ArgumentGenerator(use_member_names=True).generate_skeleton(model.operation_model(name).output_shape)
    return None


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    kinds = {dict: "object", list: "list", str: "text", datetime.datetime: "text", int: "number", float: "number"}
    return kinds.get(type(value), "nothing")


def compare(value, skeleton, path, found):
    # Skeletons have the names of members in place of texts, and some moment in place of times.
    if kind(value) != kind(skeleton):
        found["wrong"].append(f"{path}: {kind(value)} for {kind(skeleton)}")
    elif isinstance(value, dict) and skeleton != {}:
        for name, item in value.items():
            if name in skeleton:
                compare(item, skeleton[name], f"{path}.{name}", found)
            elif "KeyName" not in skeleton:
                found["unknown"].append(f"{path}.{name}")
    elif isinstance(value, list) and skeleton:
        for item in value:
            compare(item, skeleton[0], f"{path}[]", found)


def checked(file):
    skeleton = skeleton_of(file["service"], file["command"])
    found = {"known": skeleton is not None, "unknown": [], "wrong": []}
    if skeleton is not None:
        for name, item in file["body"].items():
            if name in skeleton:
                compare(item, skeleton[name], name, found)
            else:
                found["unknown"].append(name)
    return {**found, "unknown": sorted(set(found["unknown"])), "wrong": sorted(set(found["wrong"]))}


json.dump([checked(file) for file in json.load(sys.stdin)], sys.stdout)
