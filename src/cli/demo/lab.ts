/** Real packets: a process in every instance and on the internet that serves, and connects as it is told. */
import { type Family, families } from '#net/address.ts';
import { Agent } from './agent.ts';
import type { Host } from './cloud.ts';
import type { Connection } from './engine.ts';

/** Long enough for one repeated SYN and a busy machine: neither is a verdict. */
const connectTimeoutMs = 2_500;

export class Lab {
  readonly #agents: ReadonlyMap<string, Agent>;

  private constructor(agents: ReadonlyMap<string, Agent>) {
    this.#agents = agents;
  }

  /** Starts every process; on the internet one a family, since a host there has one address. */
  static async open(hosts: readonly Host[], endpoint: string): Promise<Lab> {
    const started = await Promise.allSettled(
      hosts.flatMap(plansFor).map(async ({ host, family, where }) => {
        const { name, port } = host;
        const protocol = port === 5432 ? 'tcp' : 'http';
        const agent = await Agent.start({ name, where, protocol, port, endpoint });
        return [agentKey(name, family), agent] as const;
      }),
    );
    const agents = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const lab = new Lab(new Map(agents));
    const failed = started.find((result) => result.status === 'rejected');
    if (!failed) return lab;
    lab.close();
    throw failed.reason;
  }

  /** Whether a new connection works, and its server answers. */
  try(connection: Connection): Promise<boolean> {
    return this.#order('try', connection);
  }

  /** Opens a connection and keeps it; whether that worked. */
  open(connection: Connection): Promise<boolean> {
    return this.#order('open', connection);
  }

  /** Whether the server still answers over the connection that `open` made. */
  isAlive({ from, to, family }: Connection): Promise<boolean> {
    const order = {
      kind: 'again',
      address: addressOf(from, to, family),
      timeoutMs: connectTimeoutMs,
    } as const;
    return this.#agent(from, family).order(order);
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.stop();
  }

  #order(kind: 'try' | 'open', { from, to, family }: Connection): Promise<boolean> {
    const address = addressOf(from, to, family);
    return this.#agent(from, family).order({ kind, address, port: to.port, timeoutMs: connectTimeoutMs });
  }

  #agent(host: Host, family: Family): Agent {
    const agent = this.#agents.get(agentKey(host.name, host.where === 'internet' ? family : undefined));
    if (!agent) throw new Error(`no process on ${host.name}`);
    return agent;
  }
}

type Plan = { readonly host: Host; readonly family: Family | undefined; readonly where: readonly string[] };

function plansFor(host: Host): readonly Plan[] {
  if (host.where !== 'internet') return [{ host, family: undefined, where: [host.where] }];
  return families.map((family) => ({ host, family, where: ['internet', '--from', host.addresses[family]] }));
}

const agentKey = (name: string, family: Family | undefined) => (family ? `${name} ${family}` : name);

/** From the internet an instance is its public IPv4 address, where it has one. */
function addressOf(from: Host, to: Host, family: Family): string {
  const isPublic = from.where === 'internet' && family === 'ipv4';
  return (isPublic ? to.publicIp : undefined) ?? to.addresses[family];
}
