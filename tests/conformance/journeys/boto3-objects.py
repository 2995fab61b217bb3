"""boto3's own way to EC2: objects that know their VPC, collections, actions on all of a collection, waiters, pages, and
the older versions of the API. Prints one JSON object: name of the step -> what came of it.
"""

import json
import sys

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

session = boto3.Session(aws_access_key_id="AKIABOTO300000000000", aws_secret_access_key="secret")
where = {"endpoint_url": sys.argv[1], "region_name": "us-east-1"}
ec2, client = session.resource("ec2", **where), session.client("ec2", **where)
found = {}


def wait(waiter, **ids):
    client.get_waiter(waiter).wait(WaiterConfig={"Delay": 1, "MaxAttempts": 60}, **ids)


def code(action):
    """The code with which something is refused."""
    try:
        action()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


# A VPC with a way out, by what its object can make.
vpc = ec2.create_vpc(CidrBlock="10.80.0.0/16")
wait("vpc_available", VpcIds=[vpc.id])
vpc.create_tags(Tags=[{"Key": "Name", "Value": "boto3"}])
subnets = [vpc.create_subnet(CidrBlock=f"10.80.{number}.0/24") for number in (1, 2)]
wait("subnet_available", SubnetIds=[subnet.id for subnet in subnets])
gateway = ec2.create_internet_gateway()
vpc.attach_internet_gateway(InternetGatewayId=gateway.id)
table = vpc.create_route_table()
table.create_route(DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway.id)
association = table.associate_with_subnet(SubnetId=subnets[0].id)
group = vpc.create_security_group(GroupName="web", Description="web")
group.authorize_ingress(CidrIp="10.0.0.0/8", IpProtocol="tcp", FromPort=22, ToPort=22)
acl = vpc.create_network_acl()
acl.create_entry(RuleNumber=1, Protocol="-1", RuleAction="deny", Egress=False, CidrBlock="192.0.2.0/24")
vpc.reload()
found["tags"] = vpc.tags
found["routes"] = sorted((route.destination_cidr_block, route.origin) for route in table.routes)
found["ports"] = [[each["FromPort"], each["ToPort"]] for each in group.ip_permissions]

# Instances, all at once.
instances = subnets[0].create_instances(
    ImageId="ami-0123456789abcdef0", MinCount=2, MaxCount=2, InstanceType="t3.micro", SecurityGroupIds=[group.id]
)
ids = [instance.id for instance in instances]
wait("instance_running", InstanceIds=ids)
wait("instance_status_ok", InstanceIds=ids)
instances[0].modify_attribute(SourceDestCheck={"Value": False})
instances[0].reset_source_dest_check()
instances[0].monitor()
instances[0].reload()
found["instance"] = [instances[0].source_dest_check, instances[0].monitoring["State"], instances[0].image.id]
interface = subnets[0].create_network_interface(Groups=[group.id])
wait("network_interface_available", NetworkInterfaceIds=[interface.id])
interface.attach(DeviceIndex=1, InstanceId=ids[0])
address = ec2.VpcAddress(client.allocate_address(Domain="vpc")["AllocationId"])
address.associate(NetworkInterfaceId=instances[1].network_interfaces_attribute[0]["NetworkInterfaceId"])
address.reload()
found["address"] = address.instance_id == ids[1]
names = ("subnets", "security_groups", "route_tables", "network_acls", "internet_gateways", "instances")
found["in the VPC"] = {name: len(list(getattr(vpc, name).all())) for name in (*names, "network_interfaces")}
found["filtered"] = len(list(vpc.instances.filter(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])))

# Every list that takes the size of a page and needs no id, by pages of five.
model = client.meta.service_model
refused = {}
lists = 0
for operation in set(sys.argv[2:]) & set(model.operation_names):
    name = xform_name(operation)
    if client.can_paginate(name) and not model.operation_model(operation).input_shape.required_members:
        lists += 1
        why = code(lambda: list(client.get_paginator(name).paginate(PaginationConfig={"PageSize": 5})))
        refused |= {operation: why} if why else {}
found["pages refused"] = refused
found["many lists"] = lists > 25

versions = session._session.get_component("data_loader").list_api_versions("ec2", "service-2")
found["versions"] = {
    version: [each["VpcId"] for each in older.describe_vpcs(VpcIds=[vpc.id])["Vpcs"]] == [vpc.id]
    for version in versions
    for older in [session.client("ec2", api_version=version, **where)]
}

# All of it goes, from the collections.
vpc.instances.terminate()
wait("instance_terminated", InstanceIds=ids)
interface.delete()
address.release()
association.delete()
table.delete()
acl.delete()
vpc.detach_internet_gateway(InternetGatewayId=gateway.id)
gateway.delete()
group.delete()
for subnet in subnets:
    subnet.delete()
vpc.delete()
found["gone"] = code(vpc.reload)
print(json.dumps(found))
