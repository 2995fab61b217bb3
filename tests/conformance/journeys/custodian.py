"""The calls by which Cloud Custodian's resource `aws.security-group` finds groups, filters them and acts on them, as its
documentation tells them (https://cloudcustodian.io/docs/aws/resources/security-group.html), through botocore as it makes
them. The program itself is in no package of Debian: this is not its run.

Prints one JSON object: name of the step -> what it found.
"""

import json
import sys

import boto3

endpoint = sys.argv[1]
ec2 = boto3.client(
    "ec2",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="AKIACUSTODIAN0000000",
    aws_secret_access_key="secret",
)
found = {}


def resources():
    """`policy.resource_manager.resources()`: every page of the describe call."""
    pages = ec2.get_paginator("describe_security_groups").paginate(PaginationConfig={"PageSize": 5})
    return [group for page in pages for group in page["SecurityGroups"]]


def named(name):
    return next(group for group in resources() if group["GroupName"] == name)


def ingress(group, port, cidr):
    """filter `ingress`: the permissions that match, whole, since that is what `remove-permissions` sends back."""
    return [
        permission
        for permission in group["IpPermissions"]
        if permission.get("FromPort", 0) <= port <= permission.get("ToPort", 65535)
        and any(each["CidrIp"] == cidr for each in permission.get("IpRanges", []))
    ]


vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
for name in ("web", "db", "idle"):
    ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)
anywhere = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
office = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "198.51.100.0/24"}]}
web, db = named("web")["GroupId"], named("db")["GroupId"]
ec2.authorize_security_group_ingress(GroupId=web, IpPermissions=[anywhere])
ec2.authorize_security_group_ingress(
    GroupId=db,
    IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": web}]}
    ],
)
ec2.run_instances(ImageId="ami-0abcdef1234567890", MinCount=1, MaxCount=1, SecurityGroupIds=[web, db])

# filter `default-vpc`: the group's VPC is the default one.
default_vpcs = {each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"] if each.get("IsDefault")}
found["default-vpc"] = sorted(group["GroupName"] for group in resources() if group["VpcId"] in default_vpcs)

# filters `used` and `unused`, as far as EC2 answers them: groups of interfaces, and groups that rules name.
pages = ec2.get_paginator("describe_network_interfaces").paginate()
carried = {each["GroupId"] for page in pages for eni in page["NetworkInterfaces"] for each in eni["Groups"]}
referenced = {
    pair["GroupId"]
    for group in resources()
    for permission in group["IpPermissions"] + group["IpPermissionsEgress"]
    for pair in permission.get("UserIdGroupPairs", [])
}
unused = [group for group in resources() if group["GroupId"] not in carried | referenced]
found["unused"] = sorted(group["GroupName"] for group in unused)

# filter `stale`: asked of each VPC.
found["stale"] = [
    each["GroupId"]
    for vpc_id in sorted({group["VpcId"] for group in resources()})
    for each in ec2.describe_stale_security_groups(VpcId=vpc_id)["StaleSecurityGroupSet"]
]

# filter `ingress` with action `remove-permissions: matched`, which sends back what was described.
matched = ingress(named("web"), 22, "0.0.0.0/0")
found["open"] = len(matched)
ec2.revoke_security_group_ingress(GroupId=web, IpPermissions=matched)
found["closed"] = len(ingress(named("web"), 22, "0.0.0.0/0"))

# action `set-permissions`: rules added and removed.
ec2.authorize_security_group_ingress(GroupId=web, IpPermissions=[office])
found["set"] = [each["CidrIp"] for permission in named("web")["IpPermissions"] for each in permission["IpRanges"]]

# actions `tag`, `mark-for-op`, `remove-tag`: many groups in one call.
ids = [web, db]
mark = {"Key": "maid_status", "Value": "Resource does not meet policy: delete@2026/12/01"}
ec2.create_tags(Resources=ids, Tags=[mark, {"Key": "owner", "Value": "net"}], DryRun=False)
by_mark = ec2.describe_security_groups(Filters=[{"Name": "tag-key", "Values": ["maid_status"]}])
found["marked"] = sorted(group["GroupName"] for group in by_mark["SecurityGroups"])
ec2.delete_tags(Resources=ids, Tags=[{"Key": "maid_status"}])
found["tags"] = named("db")["Tags"]

# action `delete`: what is in use is refused, and Custodian goes by the code.
ec2.delete_security_group(GroupId=named("idle")["GroupId"])
try:
    ec2.delete_security_group(GroupId=web)
except ec2.exceptions.ClientError as error:
    found["in use"] = error.response["Error"]["Code"]
found["left"] = sorted(group["GroupName"] for group in resources())

# who made it: the event that `c7n-org` and notifications show.
trail = boto3.client(
    "cloudtrail",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="AKIACUSTODIAN0000000",
    aws_secret_access_key="secret",
)
events = trail.lookup_events(LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": db}])["Events"]
found["made by"] = [json.loads(events[-1]["CloudTrailEvent"])["requestParameters"]["groupName"], events[-1]["EventName"]]

print(json.dumps(found))
