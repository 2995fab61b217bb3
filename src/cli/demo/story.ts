/** The demo's story: build, measure, change a rule, look at open connections. Each step compares packets and engine. */
import { type Family, families } from '#net/address.ts';
import type { World } from '#vpc/network.ts';
import type { Ec2Api } from './api.ts';
import { buildCloud, type Cloud, changeIngress, type Host, type TcpRule, webRule } from './cloud.ts';
import { type Connection, newConnectionWorks, openConnectionSurvives } from './engine.ts';
import type { Lab } from './lab.ts';
import { type Cell, connectionsAmong, disagreements, matrixText } from './matrix.ts';
import type { Reporter } from './reporter.ts';

export type Stage = {
  readonly api: Ec2Api;
  /** The world as the server holds it now. */
  readonly world: () => Promise<World>;
  /** Starts the hosts that send real packets; undefined where the machine cannot filter. */
  readonly openLab: ((hosts: readonly Host[]) => Promise<Lab>) | undefined;
  readonly report: Reporter;
};

/** A host outside every VPC (RFC 5737, RFC 3849). */
const internet: Host = {
  name: 'internet',
  where: 'internet',
  port: 443,
  addresses: { ipv4: '198.51.100.7', ipv6: '2001:db8:ffff::7' },
  publicIp: '198.51.100.7',
};

/** Tells the whole story. Returns how many answers of packets and engine differed. */
export async function tellStory(stage: Stage): Promise<number> {
  const { api, report } = stage;
  report.chapter('A cloud, made through the public API');
  const cloud = await buildCloud(api, report.line);
  const hosts = [internet, ...cloud.instances];
  if (stage.openLab) report.line('starting a server inside every instance and on the internet …');
  const lab = await stage.openLab?.(hosts);
  const story = new Story(stage, cloud, lab);
  try {
    await story.measureAll(hosts);
    await story.flipCell();
    await story.keepTracked();
    await story.cutUntracked();
    return story.differences;
  } finally {
    lab?.close();
  }
}

class Story {
  readonly #stage: Stage;
  readonly #cloud: Cloud;
  readonly #lab: Lab | undefined;
  differences = 0;

  constructor(stage: Stage, cloud: Cloud, lab: Lab | undefined) {
    this.#stage = stage;
    this.#cloud = cloud;
    this.#lab = lab;
  }

  async measureAll(hosts: readonly Host[]): Promise<void> {
    const { report } = this.#stage;
    const connections = connectionsAmong(hosts);
    report.chapter(
      this.#lab
        ? `Who reaches whom: ${connections.length} real TCP connections = what the engine decides`
        : 'Who reaches whom, as the engine decides',
    );
    const cells = await this.#cells(connections);
    report.text(matrixText(hosts, cells));
    this.#count(disagreements(cells).map(nameOf));
  }

  /** Lets the web tier into the database. */
  async flipCell(): Promise<void> {
    const rule = this.#webToDatabase();
    this.#stage.report.chapter('A rule more: the web group may reach the database');
    await this.#showNew('before', 'web', 'db', false);
    await this.#change('Authorize', rule);
    await this.#showNew('after AuthorizeSecurityGroupIngress', 'web', 'db', true);
  }

  /** Takes the rule away again under an open connection, which is tracked and lives on. */
  async keepTracked(): Promise<void> {
    this.#stage.report.chapter('The rule removed: tracked connections live on, new ones fail');
    const open = this.#both('web', 'db');
    await this.#acrossRevocation(open, this.#webToDatabase(), { survives: true });
    await this.#showNew('new connections', 'web', 'db', false);
  }

  /** Closes the web server to the world under an open connection, which was untracked and is cut. */
  async cutUntracked(): Promise<void> {
    this.#stage.report.chapter(
      'A rule for everybody removed: its connections were untracked and are cut at once',
    );
    const open = this.#both('internet', 'web');
    await this.#acrossRevocation(
      open,
      { groupId: this.#cloud.groups.web, rule: webRule },
      { survives: false },
    );
    await this.#showNew('new connections', 'internet', 'web', false);
    await this.#change('Authorize', { groupId: this.#cloud.groups.web, rule: webRule });
    await this.#showNew('after the rule is back', 'internet', 'web', true);
  }

  #webToDatabase(): RuleOf {
    const { groups } = this.#cloud;
    return { groupId: groups.db, rule: { port: 5432, groupId: groups.web } };
  }

  async #acrossRevocation(
    open: readonly Connection[],
    revoked: RuleOf,
    { survives }: { readonly survives: boolean },
  ): Promise<void> {
    const { report, world } = this.#stage;
    const before = await world();
    const opened = await Promise.all(open.map((connection) => this.#lab?.open(connection)));
    for (const [index, connection] of open.entries()) {
      this.#show(
        'opened',
        { ...connection, decided: newConnectionWorks(before, connection), ...known(opened[index]) },
        true,
      );
    }
    await this.#change('Revoke', revoked);
    const after = await world();
    const alive = await Promise.all(open.map((connection) => this.#lab?.isAlive(connection)));
    for (const [index, connection] of open.entries()) {
      const decided = openConnectionSurvives(before, after, connection);
      this.#show(
        'still open after RevokeSecurityGroupIngress',
        { ...connection, decided, ...known(alive[index]) },
        survives,
      );
    }
    report.line('');
  }

  async #change(change: 'Authorize' | 'Revoke', { groupId, rule }: RuleOf): Promise<void> {
    await changeIngress(this.#stage.api, change, groupId, rule);
  }

  async #showNew(when: string, from: string, to: string, expected: boolean): Promise<void> {
    for (const cell of await this.#cells(this.#both(from, to))) this.#show(when, cell, expected);
  }

  #show(when: string, cell: Cell, expected: boolean): void {
    this.#stage.report.cell(when, cell);
    this.#count(disagreements([cell]).map(nameOf));
    // The story itself must come out as told, also where packets and engine agree on something else.
    if (cell.decided !== expected)
      this.#count([`${nameOf(cell)}: ${when}, ${expected ? 'yes' : 'no'} was expected`]);
  }

  #count(sentences: readonly string[]): void {
    for (const sentence of sentences) this.#stage.report.difference(sentence);
    this.differences += sentences.length;
  }

  async #cells(connections: readonly Connection[]): Promise<readonly Cell[]> {
    const world = await this.#stage.world();
    const measured = await Promise.all(connections.map((connection) => this.#lab?.try(connection)));
    return connections.map((connection, index) => ({
      ...connection,
      decided: newConnectionWorks(world, connection),
      ...known(measured[index]),
    }));
  }

  #both(from: string, to: string): readonly Connection[] {
    const hosts = [internet, ...this.#cloud.instances];
    const named = (name: string) => hosts.find((host) => host.name === name);
    const [source, target] = [named(from), named(to)];
    if (!source || !target) throw new Error(`the demo has no ${from} or ${to}`);
    return families.map((family: Family) => ({ from: source, to: target, family }));
  }
}

type RuleOf = { readonly groupId: string; readonly rule: TcpRule };

const known = (measured: boolean | undefined) => (measured === undefined ? {} : { measured });

const nameOf = ({ from, to, family }: Connection) => `${from.name} → ${to.name}:${to.port} (${family})`;
