/**
 * What operations that are answered do not do yet. A row here makes its operation "partial" in docs/operations.md; an
 * operation that is answered and has no row is complete. Remove the row with the gap.
 */

const enforced = 'encryption controls that enforce, since nothing is encrypted here';
const primaryOnly = 'connections go out from the primary address ([deviations](deviations.md))';

/** Service → operation → what is missing. */
export const gaps: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cloudtrail: {
    LookupEvents:
      'reads, refused requests and requests that changed nothing, which the journal does not record; of answers the ids alone; some parameters have other names in CloudTrail (`resourcesSet` of CreateTags)',
  },
  ec2: {
    CreateNetworkInsightsAccessScope:
      'resource groups; load balancers, transit gateways, VPN gateways, endpoints and firewalls match nothing, and the analysis says so',
    CreateNetworkInsightsPath: 'transit gateways, VPN gateways and endpoint services as ends',
    CreateVpc: enforced,
    DescribeInstanceTypes:
      'a small catalogue, of types without accelerators; bandwidth and queues of network cards, with the filter flexible-ena-queues-support',
    ModifyVpcEncryptionControl: enforced,
    MonitorInstances: 'categories of metrics',
    RunInstances:
      'interfaces in secondary networks; any image and type is accepted, user data is stored and not run, Spot Instances count as others towards the limits of vCPUs',
    UnmonitorInstances: 'categories of metrics',
    StartNetworkInsightsAnalysis:
      'other accounts; paths from or to VPC endpoints fail with a status message; headers show one packet that takes the path, not all',
    StartNetworkInsightsAccessScopeAnalysis:
      'a finding stands for all pairs of interfaces that rules and statements treat alike; up to 1,000 findings',
  },
  sts: { AssumeRole: 'managed session policies and trusted contexts; roles are names ([auth](auth.md))' },
};

/**
 * Service → operation that is complete → what its answers stand for where no machine and no address of AWS is behind them.
 * Nothing that a request may ask for is missing.
 */
export const inTheLab: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ec2: {
    AllocateAddress: 'addresses come from 198.18.0.0/15 on purpose',
    AssignPrivateNatGatewayAddress: primaryOnly,
    AssociateNatGatewayAddress: primaryOnly,
    CreateNatGateway:
      'an automatic regional gateway follows interfaces at once, with one address a zone ([deviations](deviations.md))',
    CreateSnapshot: 'a snapshot is a record, since volumes hold nothing',
    CreateVolume: 'a volume is a record that holds nothing',
    CreateVpcEncryptionControl: 'a control is a record: no flow log says what is encrypted',
    DescribeImages: 'a small catalogue; any other id is described as a generic Linux image',
    DescribeInstanceTypeOfferings: 'a small catalogue of types, offered in every zone',
    DescribeSpotInstanceRequests:
      'nobody is interrupted; a persistent request whose instance was terminated stays open, since nothing is launched unasked',
    DescribeAvailabilityZones:
      'which letter goes with which zone id, AWS publishes for no region: one dealing stands for all accounts',
    DescribeVpnGateways: 'none is made here; those of an imported network are the ones its route tables name',
    GetConsoleOutput: 'nothing boots, so that the output is always empty',
    ModifyAddressAttribute:
      'that the name leads to the address already is not checked: nobody else knows these addresses',
  },
};

/** Service → operation → parameters that are taken and change nothing here, with the reason. */
export const withoutEffect: Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>
> = {
  ec2: {
    AssociateVpcCidrBlock: { Ipv6CidrBlockNetworkBorderGroup: 'a region has one border group' },
    CreateVpc: { Ipv6CidrBlockNetworkBorderGroup: 'a region has one border group' },
    DescribeAvailabilityZones: { AllAvailabilityZones: 'every zone is opted in' },
    DescribeImages: { IncludeDeprecated: 'none is deprecated', IncludeDisabled: 'none is disabled' },
    DescribeInstanceStatus: { IncludeManagedResources: 'there are none' },
    DescribeInstanceTypes: { IncludeUnsupportedInRegion: 'all are supported in every region' },
    DescribeInstances: { IncludeManagedResources: 'there are none' },
    DescribeLaunchTemplateVersions: { IncludeManagedResources: 'there are none' },
    DescribeLaunchTemplates: { IncludeManagedResources: 'there are none' },
    DescribeNetworkInterfaces: { IncludeManagedResources: 'there are none' },
    DescribeVolumes: { IncludeManagedResources: 'there are none' },
    DetachNetworkInterface: { Force: 'detaching never hangs' },
    DetachVolume: { Force: 'detaching never hangs' },
    GetConsoleOutput: { Latest: 'the output is always empty' },
    ModifyNetworkInterfaceAttribute: {
      AssociatedSubnetIds: 'kept and shown; AWS documents no effect',
      EnaSrdSpecification: 'kept and shown; it speeds up links of AWS',
    },
    RunInstances: { AdditionalInfo: 'AWS keeps it for itself' },
    ModifyLaunchTemplate: { ClientToken: 'doing it twice changes nothing' },
    StartInstances: { AdditionalInfo: 'AWS keeps it for itself' },
    StopInstances: { Force: 'nothing runs inside', SkipOsShutdown: 'nothing runs inside' },
    TerminateInstances: { Force: 'nothing runs inside', SkipOsShutdown: 'nothing runs inside' },
  },
};
