/** DNS, metadata and time as instances without any rule get them, by real packets. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createLab } from '#kernel/lab/lab.ts';
import { deleteNamespace, listNamespaces } from '#kernel/netns/namespace.ts';
import type { MetadataOptions } from '#vpc/instance.ts';
import { servicePlaces } from '#vpc/link-services.ts';
import { emptyWorld, networkOf, type World } from '#vpc/network.ts';
import {
  buildWorld,
  eniId,
  idFor,
  type NetworkSpec,
  testScope,
  vpcId,
  withEntity,
} from '../support/network.ts';
import { skip, sweepLeftovers } from './namespaces.ts';
import { readFrame } from './packets.ts';
import { openPort } from './port.ts';

const run = promisify(execFile);

const spec: NetworkSpec = {
  subnets: {
    shut: {
      cidr: '10.0.3.0/24',
      cidr6: '2001:db8:100:3::/64',
      internet: true,
      acl: { ingress: [], egress: [] },
    },
  },
  groups: { none: {} },
  enis: {
    n: { subnet: 'shut', ips: ['10.0.3.5', '2001:db8:100:3::5'], groups: ['none'], publicIp: '198.18.0.5' },
    o: { subnet: 'shut', ips: ['10.0.3.6'], groups: ['none'] },
  },
};
const plain = buildWorld(spec);
const vpc = networkOf(plain, testScope).vpc.get(vpcId);
const instance = networkOf(plain, testScope).instance.get(idFor('i', 'n'));
if (!vpc || !instance) throw new Error('the world lacks its VPC or instance');
const named = withEntity(plain, 'vpc', { ...vpc, dnsHostnames: true });
const silent = withEntity(plain, 'vpc', { ...vpc, dnsSupport: false });
const having = (metadata: Partial<MetadataOptions>): World =>
  withEntity(plain, 'instance', {
    ...instance,
    options: { ...instance.options, metadata: { ...instance.options.metadata, ...metadata } },
  });
const strict = having({ tokens: 'required', ipv6: 'enabled' });
const further = having({ hopLimit: 3, ipv6: 'enabled' });

/** Descriptors close when the event loop comes round. */
const turn = () => pause(20);

type Result = { readonly code: number; readonly out: string };

async function inside(namespace: string, command: readonly string[]): Promise<Result> {
  try {
    const { stdout } = await run('ip', ['netns', 'exec', namespace, ...command], { timeout: 20_000 });
    return { code: 0, out: stdout };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'number')) throw error;
    return { code: error.code, out: 'stdout' in error ? String(error.stdout) : '' };
  }
}

const base = 'http://169.254.169.254/latest';
const status = ['-s', '-m', '10', '-o', '/dev/null', '-w', '%{http_code}'];

describe('instances without any rule are served by their router', { skip }, async () => {
  if (skip) return;
  sweepLeftovers();
  const prefix = `rpt-${process.pid}-guest`;
  let lab = createLab({ prefix });
  let sequence = 0;
  after(() => lab.purge());
  const to = async (world: World) => {
    await lab.apply(world, ++sequence);
    assert.deepEqual(lab.status().error, undefined);
  };
  const at = (name: string, ...command: string[]) => {
    const namespace = lab.namespaceOf(idFor('i', name));
    assert.ok(namespace);
    return inside(namespace, command);
  };
  const lookUp = (server: string, name: string, ...more: string[]) => dig(at, server, name, ...more);

  test('metadata, by the address that asks', async () => {
    await to(named);
    for (const name of ['n', 'o']) {
      const { out } = await at(name, 'curl', '-s', '-m', '10', `${base}/meta-data/instance-id`);
      assert.equal(out, idFor('i', name));
    }
    assert.equal((await at('n', 'curl', ...status, `${base}/meta-data/nothing`)).out, '404');
    assert.equal((await at('n', 'curl', ...status, 'http://[fd00:ec2::254]/latest/')).out, '403');
  });

  test('names, by every address of the resolver, by UDP and TCP', async () => {
    for (const server of ['10.0.0.2', '169.254.169.253', 'fd00:ec2::253']) {
      for (const way of ['udp', 'tcp']) {
        assert.deepEqual(
          await lookUp(server, 'ip-10-0-3-6.ec2.internal', way),
          ['NOERROR', '10.0.3.6'],
          server + way,
        );
      }
    }
    const publicName = 'ec2-198-18-0-5.compute-1.amazonaws.com';
    assert.deepEqual(await lookUp('10.0.0.2', publicName, 'udp'), ['NOERROR', '10.0.3.5']);
    assert.deepEqual(await lookUp('10.0.0.2', 'ip-10-0-3-7.ec2.internal', 'udp'), ['NXDOMAIN']);
    assert.deepEqual(await lookUp('10.0.0.2', 'example.com', 'udp'), ['SERVFAIL']);
  });

  test('nothing else on the router answers', async () => {
    for (const url of [
      'http://10.0.0.2/',
      'http://169.254.169.253/',
      'http://169.254.1.1/',
      'http://169.254.169.254:8080/',
    ]) {
      assert.equal((await at('n', 'curl', ...status, '-m', '1', url)).code, 28, url);
    }
  });

  test('tokens where they are required, over IPv6 where that is enabled', async () => {
    await to(strict);
    for (const host of ['169.254.169.254', '[fd00:ec2::254]']) {
      const url = `http://${host}/latest`;
      assert.equal((await at('n', 'curl', ...status, `${url}/meta-data/`)).out, '401');
      const put = ['curl', '-s', '-m', '10', '-X', 'PUT', '-H', 'X-aws-ec2-metadata-token-ttl-seconds: 60'];
      const { out: token } = await at('n', ...put, `${url}/api/token`);
      const withToken = ['-H', `X-aws-ec2-metadata-token: ${token}`];
      assert.equal((await at('n', 'curl', ...status, ...withToken, `${url}/meta-data/`)).out, '200');
      assert.equal((await at('o', 'curl', ...status, ...withToken, `${base}/meta-data/`)).out, '401');
    }
  });

  test('a token goes no further than its hops, and what it opens goes on', async () => {
    await to(plain);
    const place = lab.portOf(eniId('n'));
    assert.ok(place);
    const port = openPort(place.instance, place.device);
    const put = ['-X', 'PUT', '-H', 'X-aws-ec2-metadata-token-ttl-seconds: 60'];
    const hopsOf = async (...request: string[]) => {
      port.receive();
      assert.equal((await at('n', 'curl', ...status, ...request)).out, '200');
      const frames = port.receive().filter((bytes) => bytes.includes('HTTP/1.1 200'));
      return frames.map((bytes) => readFrame(bytes)?.hops);
    };
    assert.deepEqual(await hopsOf(...put, `${base}/api/token`), [1]);
    assert.deepEqual(await hopsOf(`${base}/meta-data/`), [64]);
    await to(further);
    assert.deepEqual(await hopsOf(...put, `${base}/api/token`), [3]);
    assert.deepEqual(await hopsOf(...put, 'http://[fd00:ec2::254]/latest/api/token'), [3]);
    port.close();
  });

  test('without DNS support no resolver answers, and metadata does', async () => {
    await to(silent);
    for (const server of ['10.0.0.2', '169.254.169.253', 'fd00:ec2::253']) {
      assert.deepEqual(await lookUp(server, 'localhost', 'udp', '1000'), ['silence'], server);
    }
    assert.equal((await at('n', 'curl', ...status, `${base}/meta-data/`)).out, '200');
    await to(named);
    assert.deepEqual(await lookUp('10.0.0.2', 'localhost', 'udp'), ['NOERROR', '127.0.0.1']);
  });

  test('a closed lab answers nothing; the next one serves without touching the router', async () => {
    await lab.close();
    const namespace = `${prefix}-i-${idFor('i', 'n').slice(2)}`;
    assert.equal((await inside(namespace, ['curl', ...status, `${base}/`])).code, 7);
    lab = createLab({ prefix });
    await to(named);
    assert.equal((await at('n', 'curl', ...status, `${base}/meta-data/`)).out, '200');
    assert.deepEqual(await lookUp('10.0.0.2', 'localhost', 'tcp'), ['NOERROR', '127.0.0.1']);
  });

  test('a router that goes takes its sockets along, and one that comes back is served', async () => {
    const sockets = () => readdirSync('/proc/self/fd').length;
    await to(emptyWorld);
    await turn();
    assert.deepEqual(listNamespaces(`${prefix}-r-`), []);
    const before = sockets();
    await to(named);
    assert.ok(sockets() >= before + servicePlaces(vpc).length);
    assert.equal((await at('n', 'curl', ...status, `${base}/meta-data/`)).out, '200');
    await to(emptyWorld);
    await turn();
    assert.ok(sockets() <= before, 'an open socket keeps a namespace alive');
    await to(named);
    const router = listNamespaces(`${prefix}-r-`);
    await lab.close();
    for (const name of router) deleteNamespace(name);
    lab = createLab({ prefix });
    await to(named);
    assert.equal((await at('n', 'curl', ...status, `${base}/meta-data/`)).out, '200');
  });

  test('a purge leaves no namespace, though guests were connected', async () => {
    await lab.purge();
    assert.deepEqual(listNamespaces(prefix), []);
    lab = createLab({ prefix });
  });
});

/** Status and addresses, as a resolver gives them to the instance, or `silence`. */
async function dig(
  at: (name: string, ...command: string[]) => Promise<Result>,
  ...question: string[]
): Promise<readonly string[]> {
  const program = new URL('./fixtures/ask.ts', import.meta.url).pathname;
  const { out } = await at('n', process.execPath, program, ...question);
  return out.trim().split(' ');
}
