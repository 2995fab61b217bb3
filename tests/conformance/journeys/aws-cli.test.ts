/** What people do with the aws CLI, unchanged but for the endpoint. */
import { describe, test } from 'node:test';
import { withServer } from '../../support/server.ts';
import { noAws, travel } from './aws-cli.ts';

const threeTiers = `
  vpc = create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId
  modify-vpc-attribute --vpc-id $vpc --enable-dns-hostnames
  front = create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24 --availability-zone us-east-1a --query Subnet.SubnetId
  back = create-subnet --vpc-id $vpc --cidr-block 10.0.2.0/24 --availability-zone us-east-1b --query Subnet.SubnetId
  igw = create-internet-gateway --query InternetGateway.InternetGatewayId
  attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc
  table = create-route-table --vpc-id $vpc --query RouteTable.RouteTableId
  create-route --route-table-id $table --destination-cidr-block 0.0.0.0/0 --gateway-id $igw -> True
  association = associate-route-table --route-table-id $table --subnet-id $front --query AssociationId
  allocation = allocate-address --domain vpc --query AllocationId
  nat = create-nat-gateway --subnet-id $front --allocation-id $allocation --query NatGateway.NatGatewayId
  wait nat-gateway-available --nat-gateway-ids $nat
  inner = create-route-table --vpc-id $vpc --query RouteTable.RouteTableId
  create-route --route-table-id $inner --destination-cidr-block 0.0.0.0/0 --nat-gateway-id $nat -> True
  associate-route-table --route-table-id $inner --subnet-id $back --query AssociationState.State -> associated
  web = create-security-group --group-name web --description web --vpc-id $vpc --query GroupId
  app = create-security-group --group-name app --description app --vpc-id $vpc --query GroupId
  db = create-security-group --group-name db --description db --vpc-id $vpc --query GroupId
  authorize-security-group-ingress --group-id $web --protocol tcp --port 443 --cidr 0.0.0.0/0 --query Return -> True
  authorize-security-group-ingress --group-id $app --protocol tcp --port 8080 --source-group $web --query Return -> True
  authorize-security-group-ingress --group-id $db --ip-permissions IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=$app,Description=sql}] --query Return -> True
  authorize-security-group-ingress --group-id $web --protocol tcp --port 443 --cidr 0.0.0.0/0 !! InvalidPermission.Duplicate
  describe-security-groups --filters Name=ip-permission.group-id,Values=$app --query SecurityGroups[].GroupName -> db
  delete-security-group --group-id $app !! DependencyViolation
  delete-vpc --vpc-id $vpc !! DependencyViolation
`;

const peering = `
  here = create-vpc --cidr-block 10.1.0.0/16 --query Vpc.VpcId
  there = create-vpc --cidr-block 10.2.0.0/16 --query Vpc.VpcId
  pcx = create-vpc-peering-connection --vpc-id $here --peer-vpc-id $there --query VpcPeeringConnection.VpcPeeringConnectionId
  accept-vpc-peering-connection --vpc-peering-connection-id $pcx --query VpcPeeringConnection.Status.Code -> provisioning
  table = describe-route-tables --filters Name=vpc-id,Values=$here --query RouteTables[].RouteTableId
  create-route --route-table-id $table --destination-cidr-block 10.2.0.0/16 --vpc-peering-connection-id $pcx -> True
  mine = create-security-group --group-name mine --description mine --vpc-id $here --query GroupId
  theirs = create-security-group --group-name theirs --description theirs --vpc-id $there --query GroupId
  authorize-security-group-ingress --group-id $mine --protocol tcp --port 22 --source-group $theirs --query Return -> True
  describe-security-group-references --group-id $theirs --query SecurityGroupReferenceSet[].ReferencingVpcId -> $here
  delete-vpc-peering-connection --vpc-peering-connection-id $pcx -> True
  describe-stale-security-groups --vpc-id $here --query StaleSecurityGroupSet[].GroupId -> $mine
  describe-route-tables --route-table-ids $table --query 'RouteTables[].Routes[?State==\`blackhole\`].DestinationCidrBlock' -> 10.2.0.0/16
`;

const prefixLists = `
  vpc = describe-vpcs --filters Name=is-default,Values=true --query Vpcs[].VpcId
  list = create-managed-prefix-list --prefix-list-name offices --max-entries 5 --address-family IPv4 --entries Cidr=192.0.2.0/24,Description=HQ --query PrefixList.PrefixListId
  group = create-security-group --group-name offices --description offices --query GroupId
  authorize-security-group-ingress --group-id $group --ip-permissions IpProtocol=tcp,FromPort=22,ToPort=22,PrefixListIds=[{PrefixListId=$list}] --query Return -> True
  modify-managed-prefix-list --prefix-list-id $list --current-version 1 --add-entries Cidr=198.51.100.0/24 --query PrefixList.Version -> 2
  modify-managed-prefix-list --prefix-list-id $list --current-version 1 --add-entries Cidr=203.0.113.0/24 !! PrefixListVersionMismatch
  get-managed-prefix-list-entries --prefix-list-id $list --query 'sort(Entries[].Cidr)' -> 192.0.2.0/24 198.51.100.0/24
  restore-managed-prefix-list-version --prefix-list-id $list --previous-version 1 --current-version 2 --query PrefixList.Version -> 3
  get-managed-prefix-list-entries --prefix-list-id $list --query Entries[].Cidr -> 192.0.2.0/24
  get-managed-prefix-list-associations --prefix-list-id $list --query PrefixListAssociations[].ResourceId -> $group
  delete-managed-prefix-list --prefix-list-id $list !! DependencyViolation
`;

const hardening = `
  vpc = create-vpc --cidr-block 10.3.0.0/16 --query Vpc.VpcId
  group = describe-security-groups --filters Name=vpc-id,Values=$vpc Name=group-name,Values=default --query SecurityGroups[].GroupId
  ingress = describe-security-group-rules --filters Name=group-id,Values=$group --query 'SecurityGroupRules[?IsEgress==\`false\`].SecurityGroupRuleId'
  egress = describe-security-group-rules --filters Name=group-id,Values=$group --query 'SecurityGroupRules[?IsEgress==\`true\`].SecurityGroupRuleId'
  revoke-security-group-ingress --group-id $group --security-group-rule-ids $ingress --query Return -> True
  revoke-security-group-egress --group-id $group --security-group-rule-ids $egress --query Return -> True
  describe-security-group-rules --filters Name=group-id,Values=$group --query SecurityGroupRules[] -> (nothing)
  delete-security-group --group-id $group !! CannotDelete
`;

const regrouping = `
  group = create-security-group --group-name first --description first --query GroupId
  other = create-security-group --group-name second --description second --query GroupId
  instance = run-instances --image-id ami-0abcdef1234567890 --instance-type t3.micro --security-group-ids $group --tag-specifications ResourceType=instance,Tags=[{Key=Name,Value=web}] --query Instances[].InstanceId
  wait instance-running --instance-ids $instance
  modify-instance-attribute --instance-id $instance --groups $other
  describe-instances --filters Name=instance.group-id,Values=$other Name=tag:Name,Values=web --query Reservations[].Instances[].InstanceId -> $instance
  delete-security-group --group-id $group
  delete-security-group --group-id $other !! DependencyViolation
  terminate-instances --instance-ids $instance --query TerminatingInstances[].CurrentState.Name -> shutting-down
  wait instance-terminated --instance-ids $instance
  delete-security-group --group-id $other
`;

const insights = `
  group = create-security-group --group-name insight --description insight --query GroupId
  web = run-instances --image-id ami-0abcdef1234567890 --security-group-ids $group --query Instances[].InstanceId
  gateway = describe-internet-gateways --query InternetGateways[].InternetGatewayId
  path = create-network-insights-path --source $gateway --destination $web --protocol tcp --destination-port 22 --query NetworkInsightsPath.NetworkInsightsPathId
  shut = start-network-insights-analysis --network-insights-path-id $path --query NetworkInsightsAnalysis.NetworkInsightsAnalysisId
  authorize-security-group-ingress --group-id $group --protocol tcp --port 22 --cidr 198.51.100.0/24 --query Return -> True
  open = start-network-insights-analysis --network-insights-path-id $path --query NetworkInsightsAnalysis.NetworkInsightsAnalysisId
  scope = create-network-insights-access-scope --match-paths Source={ResourceStatement={ResourceTypes=[AWS::EC2::InternetGateway]}} --query NetworkInsightsAccessScope.NetworkInsightsAccessScopeId
  scan = start-network-insights-access-scope-analysis --network-insights-access-scope-id $scope --query NetworkInsightsAccessScopeAnalysis.NetworkInsightsAccessScopeAnalysisId
  describe-network-insights-analyses --network-insights-analysis-ids $shut --query NetworkInsightsAnalyses[].[NetworkPathFound,Explanations[0].ExplanationCode] -> False SG_HAS_NO_RULES
  describe-network-insights-analyses --network-insights-analysis-ids $open --query NetworkInsightsAnalyses[].[Status,NetworkPathFound] -> succeeded True
  describe-network-insights-analyses --network-insights-analysis-ids $open --query NetworkInsightsAnalyses[].ForwardPathComponents[].SecurityGroupRule.[Cidr,PortRange.From,SecurityGroupId] -> 198.51.100.0/24 22 $group
  describe-network-insights-analyses --network-insights-analysis-ids $open --query NetworkInsightsAnalyses[].ForwardPathComponents[-1].Component.Id -> $web
  describe-network-insights-access-scope-analyses --query NetworkInsightsAccessScopeAnalyses[].FindingsFound -> true
  get-network-insights-access-scope-analysis-findings --network-insights-access-scope-analysis-id $scan --query AnalysisFindings[].FindingComponents[-1].Component.Id -> $web
  delete-network-insights-path --network-insights-path-id $path !! AnalysisExistsForNetworkInsightsPath
`;

const journeys = {
  'paths and access scopes': insights,
  'three tiers': threeTiers,
  'peering and what stays of it': peering,
  'prefix lists': prefixLists,
  'hardening a default group': hardening,
  'launching and regrouping instances': regrouping,
};

// Each command is a process that takes a second to start.
describe('with the aws CLI', { skip: noAws, concurrency: 2 }, () => {
  for (const [name, journey] of Object.entries(journeys)) {
    test(name, () => withServer(({ endpoint }) => travel(endpoint, journey)));
  }
});
