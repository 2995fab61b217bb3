"""What the versions of EC2's API that came before the newest one call the members of requests and responses.

Reads {"operations", "version"} on standard input and writes {"versions": the older ones that botocore knows, "members":
how many members they have in all, "lost": those that the newest version has not, or with another type}.
"""

import json
import sys

from botocore import loaders, model


def named(shape, name, is_input):
    """A member's name on the wire, as the protocol `ec2` has it."""
    given = shape.serialization.get("name", name)
    if not is_input:
        return given
    return shape.serialization.get("queryName") or given[0].upper() + given[1:]


def members(shape, is_input, path="", above=()):
    """Path on the wire -> type of every member without members."""
    if shape is None or shape.name in above:
        return {}
    if shape.type_name == "structure":
        inner = above + (shape.name,)
        found = {}
        for name, member in shape.members.items():
            found |= members(member, is_input, f"{path}.{named(member, name, is_input)}", inner)
        return found
    if shape.type_name == "list":
        item = "" if is_input else f"/{shape.member.serialization.get('name', 'member')}"
        return members(shape.member, is_input, f"{path}{item}[]", above)
    return {path: shape.type_name}


def main():
    asked = json.load(sys.stdin)
    loader = loaders.Loader()

    def load(version):
        return model.ServiceModel(loader.load_service_model("ec2", "service-2", version), "ec2")

    newest = load(asked["version"])
    versions = [each for each in loader.list_api_versions("ec2", "service-2") if each != asked["version"]]
    count, lost = 0, []
    for version in versions:
        older = load(version)
        for name in set(older.operation_names) & set(newest.operation_names) & set(asked["operations"]):
            for side in ("input_shape", "output_shape"):
                now = members(getattr(newest.operation_model(name), side), side == "input_shape")
                then = members(getattr(older.operation_model(name), side), side == "input_shape")
                count += len(then)
                lost += [[version, name, path] for path, kind in then.items() if now.get(path) != kind]
    json.dump({"versions": versions, "members": count, "lost": lost}, sys.stdout)


main()
