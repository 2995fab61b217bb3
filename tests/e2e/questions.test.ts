/** The prover's questions as programs, asked of a running server whose network was made through the API. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cliProgram } from '../support/cli.ts';
import { fixture } from '../support/import.ts';
import { ec2Call, send, withServer } from '../support/server.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rampart-questions-'));
after(() => rmSync(scratch, { recursive: true }));

type Ran = { readonly status: number; readonly stdout: string; readonly stderr: string };

function rampart(endpoint: string, args: readonly string[]): Promise<Ran> {
  const env = { ...process.env, RAMPART_ENDPOINT: endpoint };
  return new Promise((resolve) => {
    execFile(process.execPath, [cliProgram, ...args], { env, encoding: 'utf8' }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ status, stdout, stderr });
    });
  });
}

/** Calls an action and gives the first text of the wanted element. */
async function call(
  endpoint: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
  want = 'return',
) {
  const { status, body } = await send(endpoint, ec2Call(action, parameters));
  assert.equal(status, 200, body);
  return new RegExp(`<${want}>([^<]*)</${want}>`).exec(body)?.[1] ?? assert.fail(`no ${want} in ${body}`);
}

const permission = (port: number, cidr: string) => ({
  'IpPermissions.1.IpProtocol': 'tcp',
  'IpPermissions.1.FromPort': String(port),
  'IpPermissions.1.ToPort': String(port),
  'IpPermissions.1.IpRanges.1.CidrIp': cidr,
});

type Lab = {
  readonly endpoint: string;
  readonly web: string;
  readonly same: string;
  readonly instance: string;
};

/** A public instance with tcp/80 open to everybody, a rule too many, and a group that nobody carries. */
async function makeLab(endpoint: string): Promise<Lab> {
  const vpcId = await call(endpoint, 'DescribeVpcs', {}, 'vpcId');
  const group = (name: string) =>
    call(
      endpoint,
      'CreateSecurityGroup',
      { GroupName: name, GroupDescription: name, VpcId: vpcId },
      'groupId',
    );
  const [web, same] = [await group('web'), await group('same')];
  const authorize = (groupId: string, port: number, cidr: string) =>
    call(endpoint, 'AuthorizeSecurityGroupIngress', { GroupId: groupId, ...permission(port, cidr) });
  for (const cidr of ['10.0.0.0/8', '0.0.0.0/0']) await authorize(web, 80, cidr);
  for (const cidr of ['0.0.0.0/1', '128.0.0.0/1']) await authorize(same, 80, cidr);
  const launch = { ImageId: 'ami-12345678', InstanceType: 't3.micro', MinCount: '1', MaxCount: '1' };
  const instance = await call(
    endpoint,
    'RunInstances',
    { ...launch, 'SecurityGroupId.1': web },
    'instanceId',
  );
  return { endpoint, web, same, instance };
}

const contracts = join(scratch, 'contracts.yaml');
writeFileSync(
  contracts,
  `contracts:
  - name: web is open
    must: { from: internet, to: any, services: [tcp/80] }
  - name: no SSH
    never: { from: internet, to: any, services: [tcp/22] }
`,
);
const broken = join(scratch, 'broken.yaml');
writeFileSync(
  broken,
  'contracts: [{ name: closed, never: { from: internet, to: any, services: [tcp/80-81] } }]\n',
);
const mistyped = (more: string) =>
  `contracts: [{ name: closed, ${more}never: { from: internet, to: 'tag:Role=dp', services: [tcp/22] } }]\n`;
const typo = join(scratch, 'typo.yaml');
writeFileSync(typo, mistyped(''));
const absent = join(scratch, 'absent-role.yaml');
writeFileSync(absent, mistyped('mayBeEmpty: true, '));
const wrong = join(scratch, 'wrong.yaml');
writeFileSync(wrong, 'contracts: [{ name: none }]\n');

const dump = `dump:${fixture('dumps/every-construct')}`;

/** Arguments → exit code and what standard output (or, at 2, standard error) says. */
const rows = (lab: Lab): readonly (readonly [readonly string[], number, RegExp])[] => [
  [['exposure'], 0, /from 100 % of the internet\n {4}tcp\/80 {2}· {2}0\.0\.0\.0\/0\n/],
  [['exposure'], 0, /\n1 interface is reached from the internet, of 1\n$/],
  [['exposure', '--by', 'rule'], 0, /^sgr-\S+ of sg-\S+: tcp\/80 from \S+ {2}exposes 1 interface: eni-/],
  [['exposure', '--by', 'rule'], 0, /\n1 interface is reached from the internet, of 1\n$/],
  [['reach', lab.instance], 0, /0 interfaces are reached; 1 leads to the internet/],
  [['reach', lab.instance, '--format', 'mermaid'], 0, /^flowchart LR\n/],
  [['reach', 'internet'], 2, /exposure tells what the internet reaches/],
  [['redundant'], 0, /ingress tcp\/80 from 10\.0\.0\.0\/8: covered by sgr-/],
  [['redundant'], 0, /\n1 rule can go\n$/],
  [['redundant', 'sg-00000000000000000'], 2, /there is no security group/],
  [['unused'], 0, /\(same\): no interface carries it/],
  [['same', lab.web, lab.same], 0, /admit the same/],
  [['compact', lab.same], 0, /3 rules become 2; both lists admit the same/],
  [['compact', lab.web], 0, /\n3 rules become 2; both lists admit the same\n$/],
  [['diff', 'live', 'live', '--fail-on', 'any'], 0, /no access changes/],
  [['diff', 'snapshot:3', 'live', '--fail-on', 'internet'], 1, /the internet gains access/],
  [['diff', 'snapshot:3', '--format', 'markdown'], 0, /^### Network access\n/],
  [['diff', dump, dump, '--format', 'markdown'], 0, /no access changes\n\nWhat this does not know:\n\n- /],
  [['diff'], 2, /has no before/],
  [['unused', '--network', 'snapshot:99999'], 2, /journal ends at 8/],
  [['check', contracts], 0, /holds {3}web is open\nholds {3}no SSH/],
  [['check', broken], 1, /BROKEN {2}closed\n {4}works: internet/],
  [
    ['check', typo],
    1,
    /BROKEN {2}closed\n {4}its "to" means nothing in this network; where .* mayBeEmpty: true/,
  ],
  [['check', absent], 0, /holds {3}closed\n {4}its "to" means nothing in this network\n/],
  [['check', wrong], 2, /:1: a contract has one of must, never and only/],
  [['check', join(scratch, 'absent.yaml')], 2, /cannot be read: there is no such file or folder/],
  [['when', 'internet', lab.instance, 'tcp/80'], 0, /opened at .*: RunInstances \(journal 8\)/],
  [['when', 'internet', lab.instance, 'tcp/81'], 1, /so since the journal begins/],
  [
    ['can', 'internet', lab.instance, 'tcp/81'],
    1,
    /ENI_SG_RULES_MISMATCH[^\n]*\n {5}would work with: a rule in/,
  ],
];

test('every question answers for people and for programs, with its exit code', async () => {
  await withServer(async ({ endpoint }) => {
    const lab = await makeLab(endpoint);
    for (const [args, status, says] of rows(lab)) {
      const ran = await rampart(endpoint, args);
      const what = `${args.join(' ')}: ${ran.stdout}${ran.stderr}`;
      assert.equal(ran.status, status, what);
      assert.match(status === 2 ? ran.stderr : ran.stdout, says, what);
      if (status === 2 || args.includes('--format')) continue;
      const json = await rampart(endpoint, [...args, '--json']);
      assert.equal(json.status, status, json.stderr);
      assert.equal(typeof JSON.parse(json.stdout), 'object', args.join(' '));
    }
  });
});

test('a name adds no line to an answer and hides nothing of a comment', async () => {
  await withServer(async ({ endpoint }) => {
    await makeLab(endpoint);
    const eni = await call(endpoint, 'DescribeNetworkInterfaces', {}, 'networkInterfaceId');
    const name = 'x** <!--\n- **no access changes** \u001b[2J';
    await call(endpoint, 'CreateTags', { 'ResourceId.1': eni, 'Tag.1.Key': 'Name', 'Tag.1.Value': name });
    const text = await rampart(endpoint, ['exposure']);
    const onOneLine = `${eni} (x** <!--\\u{a}- **no access changes** \\u{1b}[2J)`;
    assert.ok(text.stdout.includes(onOneLine), `${text.stdout}${text.stderr}`);
    const { stdout } = await rampart(endpoint, ['diff', 'snapshot:3', '--format', 'markdown']);
    const named = stdout.split('\n').filter((line) => line.includes(eni));
    assert.ok(named.length > 0, stdout);
    for (const line of named) assert.match(line, /^- \*\*newly allowed.*x\\\*\\\* \\<\\!--\\\\u\{a\}- \\\*/);
  });
});
