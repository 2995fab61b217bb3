/**
 * The AWS SDK, loaded when an account is read and not before: nothing else needs it, and it may be absent
 * (docs/decisions/0012).
 */
import { UnreadableSource } from '../imported.ts';
import { isObject, type Json } from '../json/fields.ts';

export type Ask = (action: string, input: Json) => Promise<Json>;

/** Elastic Load Balancing's two generations, by the names of the CLI's commands. */
export type BalancerService = 'elbv2' | 'elb';

export type Clients = {
  /** Whose credentials these are, asked in a region: partitions know nothing of each other. */
  readonly account: (region: string) => Promise<string>;
  /** The region that the configuration names. */
  readonly configuredRegion: () => Promise<string>;
  readonly inRegion: (region: string) => Ask;
  /** Absent where the package of the service is not installed. */
  readonly balancersIn: (region: string, service: BalancerService) => Promise<Ask | undefined>;
};

export type SdkOptions = {
  readonly profile?: string | undefined;
  /** Another server than AWS's; the SDK itself also obeys AWS_ENDPOINT_URL. */
  readonly endpoint?: string | undefined;
};

/** AWS refused a call, or could not be reached; `name` is AWS's code or the SDK's. */
export class AwsFailure extends Error {
  /** The system's reason, where no server was reached. */
  readonly code: string | undefined;

  constructor(cause: Error) {
    super(cause.message || cause.name, { cause });
    this.name = cause.name;
    this.code = 'code' in cause ? String(cause.code) : undefined;
  }
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error ? new AwsFailure(error) : error;
  }
}

/** A call is tried this often, with growing waits in between, when AWS says that there are too many. */
const attemptsMax = 10;

type Send = { send: (command: unknown) => Promise<unknown>; config: { region: () => Promise<string> } };
type Constructor = new (input: object) => Send;

export async function loadClients({ profile, endpoint }: SdkOptions): Promise<Clients> {
  const [ec2, sts] = await Promise.all([load('@aws-sdk/client-ec2'), load('@aws-sdk/client-sts')]);
  // Adaptive: the client slows itself down as AWS throttles it, besides waiting before it tries again.
  const settings = {
    maxAttempts: attemptsMax,
    retryMode: 'adaptive',
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const clientOf = (library: Library, name: string, more: object) =>
    new (library[name] as Constructor)({ ...settings, ...more });
  const asker = (library: Library, client: Send): Ask => {
    return async (action, input) => {
      const command = new (library[`${action}Command`] as new (input: Json) => unknown)(input);
      return plain(await told(async () => await client.send(command)));
    };
  };
  const configuredRegion = async () =>
    await told(async () => await clientOf(ec2, 'EC2Client', {}).config.region());
  return {
    configuredRegion,
    account: async (region) => {
      const identity = await asker(sts, clientOf(sts, 'STSClient', { region }))('GetCallerIdentity', {});
      return String(identity['Account']);
    },
    inRegion: (region) => asker(ec2, clientOf(ec2, 'EC2Client', { region })),
    balancersIn: async (region, service) => {
      const [name, client] = balancerLibraries[service];
      const library = await loadIfThere(name);
      return library && asker(library, clientOf(library, client, { region }));
    },
  };
}

type Library = Readonly<Record<string, unknown>>;

/** Packages and the names of their clients. */
export const balancerLibraries = {
  elbv2: ['@aws-sdk/client-elastic-load-balancing-v2', 'ElasticLoadBalancingV2Client'],
  elb: ['@aws-sdk/client-elastic-load-balancing', 'ElasticLoadBalancingClient'],
} as const satisfies Record<BalancerService, readonly [library: string, client: string]>;

async function load(name: string): Promise<Library> {
  const library = await loadIfThere(name);
  if (library) return library;
  const both = '@aws-sdk/client-ec2 @aws-sdk/client-sts';
  throw new UnreadableSource(`reading AWS accounts needs the AWS SDK: npm install ${both}`);
}

async function loadIfThere(name: string): Promise<Library | undefined> {
  try {
    return (await import(name)) as Library;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    return undefined;
  }
}

/** The output as JSON, as the CLI would print it. */
function plain(output: unknown): Json {
  if (!isObject(output)) return {};
  const { $metadata: _, ...rest } = output;
  return JSON.parse(JSON.stringify(rest)) as Json;
}
