/** The server killed in the middle of changes, under traffic: nothing leaks, nothing is lost, all changes arrive. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nextHop } from '#kernel/lab/links.ts';
import type { StartMessage } from '#server/detached.ts';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { ec2Call, inDirectory, send } from '../../support/server.ts';
import { ArrivalCounter, Flood } from '../flood.ts';
import { skip } from '../namespaces.ts';
import { buildFrame } from '../packets.ts';

const kills = Number(process.env['RAMPART_KILLS'] ?? 20);
const program = fileURLToPath(new URL('../../../src/server/main.js', import.meta.url));

type Server = { readonly child: ChildProcess; readonly endpoint: string };
type Instance = { readonly id: string; readonly address: string; readonly namespace: string };

async function start(data: string): Promise<Server> {
  const options = upOptions.parse({ port: 0, enforce: 'lab', data });
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = (await once(child, 'message')) as [StartMessage];
  if (message.kind === 'failed') throw new Error(message.message);
  return { child, endpoint: message.endpoint };
}

async function kill({ child }: Server): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

async function call({ endpoint }: Server, action: string, parameters: Readonly<Record<string, string>>) {
  const { status, body } = await send(endpoint, ec2Call(action, parameters));
  equal(status, 200, body);
  return body;
}

const first = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';

async function launch(server: Server, groupId: string): Promise<Instance> {
  const body = await call(server, 'RunInstances', {
    ImageId: 'ami-0123456789abcdef0',
    MinCount: '1',
    MaxCount: '1',
    ...(groupId && { 'SecurityGroupId.1': groupId }),
  });
  const id = first(body, /<instanceId>([^<]+)/);
  const { body: found } = await send(server.endpoint, {
    path: `/_rampart/lab/namespace?instance=${id}`,
    headers: { authorization: 'Rampart' },
  });
  const { namespace } = JSON.parse(found) as { readonly namespace: string };
  return { id, address: first(body, /<privateIpAddress>([^<]+)/), namespace };
}

const flood = (from: Instance, to: Instance) =>
  Flood.start(
    { namespace: from.namespace, device: 'eth0' },
    buildFrame({
      source: from.address,
      destination: to.address,
      transport: { kind: 'udp', sourcePort: 1001, destinationPort: 53 },
      sourceMac: '02:00:00:00:00:63',
      destinationMac: nextHop.up.mac,
    }),
    { burst: 5, pauseMs: 1 },
  );

/** Rules of one port each, added one by one until the server is gone; the ports that were acknowledged. */
async function authorizeUntilKilled(server: Server, groupId: string, from: number, acknowledged: number[]) {
  for (let port = from; ; port++) {
    const added = await send(
      server.endpoint,
      ec2Call('AuthorizeSecurityGroupIngress', {
        GroupId: groupId,
        IpProtocol: 'tcp',
        FromPort: String(port),
        ToPort: String(port),
        CidrIp: '10.9.9.9/32',
      }),
    ).catch(() => undefined);
    if (added?.status !== 200) return;
    acknowledged.push(port);
  }
}

test(`${kills} times kill -9 under traffic: nothing leaks and nothing is lost`, { skip }, (context) =>
  inDirectory(async (data) => {
    let server = await start(data);
    try {
      const body = await call(server, 'CreateSecurityGroup', { GroupName: 'shut', GroupDescription: 'shut' });
      const shut = first(body, /<groupId>([^<]+)/);
      const [client, friend] = [await launch(server, ''), await launch(server, '')];
      const stranger = await launch(server, shut);
      const [allowed, denied] = [flood(client, friend), flood(client, stranger)];
      const [reached, leaked] = [friend, stranger].map(
        ({ namespace }) => new ArrivalCounter(namespace, [53]),
      );
      while (allowed.sent === 0 || denied.sent === 0) await pause(1);
      const missing: number[] = [];
      for (let round = 0; round < kills; round++) {
        const acknowledged: number[] = [];
        const changes = authorizeUntilKilled(server, shut, 2, acknowledged);
        await pause(5 + ((round * 17) % 60));
        await kill(server);
        await changes;
        server = await start(data);
        const rules = await call(server, 'DescribeSecurityGroupRules', {
          'Filter.1.Name': 'group-id',
          'Filter.1.Value.1': shut,
        });
        missing.push(...acknowledged.filter((port) => !rules.includes(`<toPort>${port}</toPort>`)));
        await call(server, 'RevokeSecurityGroupIngress', {
          GroupId: shut,
          ...Object.fromEntries(
            [...rules.matchAll(/<securityGroupRuleId>([^<]+)<.*?<isEgress>false/gs)].map(([, id], index) => [
              `SecurityGroupRuleId.${index + 1}`,
              id ?? '',
            ]),
          ),
        }).catch(() => '');
      }
      const [sent, refused] = [await allowed.stop(), await denied.stop()];
      await pause(100);
      const [arrived = 0, through = 0] = [reached?.of(53), leaked?.of(53)];
      for (const counter of [reached, leaked]) counter?.close();
      context.diagnostic(
        `${arrived} of ${sent} allowed packets arrived, ${through} of ${refused} denied ones`,
      );
      ok(sent > 1000 && refused > 1000);
      deepEqual(missing, []);
      equal(through, 0);
      equal(arrived, sent);
    } finally {
      await kill(server);
      await down({ data, purge: true });
    }
  }),
);
