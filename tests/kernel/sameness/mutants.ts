/**
 * Faults, each planted into everything the lab loads, to see whether the sameness test would find them:
 * `node tests/kernel/sameness/mutants.ts [NAME …]`. Prints a table; ends with 1 where a fault was not found.
 */
import process from 'node:process';
import { sweepLeftovers } from '../namespaces.ts';
import { type Tamper, tamperWith } from '../tap.ts';
import {
  asks,
  emptied,
  forgetsEverywhere,
  goesTo,
  inElements,
  inRules,
  isPorts,
  keeping,
  keepingExchangedAcls,
  keepsFlows,
  keepsRoutes,
  keepsTranslations,
  leadsTo,
  movesEpoch,
  neverLeaving,
  swapEnds,
  swapHolders,
  swapPorts,
  without,
  withoutEntry,
} from './faults.ts';
import { runSeed } from './run.ts';

const packetsPerSeed = 400;
const packetsMost = Number(process.env['RAMPART_SAMENESS'] ?? 24_000);

type Mutant = {
  readonly name: string;
  readonly tamper?: Tamper;
  /** Plants a fault where no batch shows it, and returns what takes it out again. */
  readonly plant?: () => () => void;
  /** Shows only where flows are left idle. */
  readonly waits?: number;
  /** Shows only where there is more than one VPC. */
  readonly edges?: boolean;
  /** To be found by TCP in any order. */
  readonly isWild?: boolean;
};

const mutants: readonly Mutant[] = [
  { name: 'none', tamper: (commands) => commands },
  {
    name: 'the epoch does not move',
    tamper: (commands) => (movesEpoch(commands) ? [] : commands),
  },
  {
    name: 'one verdict remembered for both directions',
    tamper: inRules(/^fast$/, (rule) =>
      rule.filter((each) => !(each.kind === 'match' && each.field === 'ct direction')),
    ),
  },
  { name: 'untracked ports ignored', tamper: inRules(/^[io]\d/, without(asks(/^u\d/))) },
  {
    name: 'untracked ports of the wrong end',
    tamper: inRules(/^[io]\d/, (rule) => (rule.some(asks(/^u\d/)) ? swapPorts(rule) : rule)),
  },
  { name: 'ACLs not asked for ICMP errors', tamper: inRules(/^rel$/, without(leadsTo('acl'))) },
  {
    name: 'related packets accepted',
    tamper: inRules(/^forw$/, (rule) =>
      rule.some(leadsTo('rel')) ? [...rule.slice(0, -1), { kind: 'verdict', verdict: 'accept' }] : rule,
    ),
  },
  {
    name: 'an error’s sender not asked for its own end',
    tamper: inRules(/^relS$/, without(leadsTo('egress'))),
  },
  {
    name: 'outbound classes dispatched to inbound chains',
    tamper: inElements(/^class_out$/, (element) => goesTo(element, (chain) => chain.replace(/^o/, 'i'))),
  },
  {
    name: 'inbound ACLs dispatched to outbound ones',
    tamper: inElements(/^acl_in$/, (element) => goesTo(element, (chain) => chain.replace(/^ai_/, 'ao_'))),
  },
  {
    name: 'ACLs ask for the wrong end',
    tamper: inRules(/^a[io]_[0-9a-f]{17}$/, (rule) => rule.map(swapEnds)),
  },
  {
    name: 'ACLs inside a subnet',
    tamper: inRules(
      /^a[io]_[0-9a-f]{17}$/,
      without((each) => each.kind === 'setMark' && each.and !== 0),
    ),
  },
  { name: 'sources not checked', tamper: inRules(/^src/, without(leadsTo('rej_src'))) },
  { name: 'group peers ignored', tamper: inRules(/^[io]\d/, without(asks(/^[io]\d+g$/))) },
  { name: 'ACLs not asked for first packets', tamper: inRules(/^first/, without(leadsTo('acl'))) },
  {
    name: 'everybody forgotten beside a long list of blocks',
    tamper: inRules(/^[io]\d/, without(asks(/^[io]\d+z[46]$/))),
  },
  { name: 'no entry for the receiver', tamper: withoutEntry(2, /^setD$/) },
  { name: 'no entry for the sender', tamper: withoutEntry(1, /^setS$/) },
  { name: 'holders of entries swapped for replies', tamper: inElements(/^held_r$/, swapHolders) },
  {
    name: 'ICMP types read from the wrong bytes',
    tamper: inRules(/^[io]\d+c/, (rule) => swapPorts(rule)),
  },
  { name: 'stray TCP opens flows', tamper: inRules(/^opening$/, without(leadsTo('rej'))) },
  {
    name: 'stray TCP opens flows, by TCP in any order',
    tamper: inRules(/^opening$/, without(leadsTo('rej'))),
    isWild: true,
  },
  {
    name: 'an interface keeps its class when its groups change',
    tamper: (commands) => {
      const isChange = commands.some((each) => each.kind === 'deleteElements' && each.set.name === 'ports');
      return isChange ? commands.filter((each) => !('set' in each) || !isPorts(each.set)) : commands;
    },
  },
  {
    name: 'both passes of a middlebox in one zone',
    tamper: inRules(/^pre$/, without(leadsTo('zone'))),
    edges: true,
  },
  {
    name: 'flows through NAT and egress-only gateways untracked',
    tamper: inRules(/^[io]\d/, (rule) => rule.filter((each) => !asks(/^autotrack$/)(each))),
    edges: true,
  },
  {
    name: 'peered interfaces without identity',
    tamper: inElements(/^id[46]$/, (element) =>
      String(element.key[0]).startsWith('p') ? { ...element, data: { kind: 'value', value: 0 } } : element,
    ),
    edges: true,
  },
  {
    name: 'the NAT gateway translates nothing',
    tamper: inRules(
      /^src_nat$/,
      without((each) => each.kind === 'natTo'),
    ),
    edges: true,
  },
  {
    name: 'what an internet gateway brings in goes straight',
    tamper: inElements(/^rtm$/, (element) =>
      String(element.key[0]).startsWith('g') ? { ...element, data: { kind: 'value', value: 0 } } : element,
    ),
    edges: true,
  },
  { name: 'public access not blocked', tamper: inRules(/^a[io]_/, without(leadsTo('rej_bpa'))), edges: true },
  {
    name: 'a block of ingress stops NAT gateways',
    tamper: inRules(/^a[io]_/, (rule) => rule.filter((each) => !asks(/^nats$/)(each))),
    edges: true,
  },
  {
    name: 'what NAT gateways bring back is remembered',
    tamper: inRules(
      /^(forw|commit)$/,
      without((each) => leadsTo('anew')(each) || asks(/^autotrack$/)(each)),
    ),
    edges: true,
  },
  {
    name: 'answers by the internet gateway to what left by the egress-only one',
    tamper: inRules(/^answer$/, () => undefined),
    edges: true,
  },
  {
    name: 'idle timeouts of interfaces ignored',
    tamper: inRules(/^ts_/, (rule) => rule.filter(({ kind }) => kind !== 'timeout')),
    waits: 2,
  },
  {
    name: 'the timeouts of the sender alone',
    tamper: inRules(
      /^timeouts$/,
      without((each) => each.kind === 'verdict' && 'chain' in each && each.chain.startsWith('tt_')),
    ),
    waits: 2,
  },
  { name: 'flows outlive the address that was given up', plant: keepsFlows },
  { name: 'a public address goes on leading to who had it', tamper: keeping(/^(dn|sn)$/) },
  { name: 'an address given up in one VPC is forgotten in all of them', plant: forgetsEverywhere },
  { name: 'subnets that exchange their ACLs keep them', tamper: keepingExchangedAcls },
  { name: 'who forwards no more keeps its zones', tamper: neverLeaving(/^(boxes|zones)$/), edges: true },
  { name: 'a gateway keeps its route table', tamper: keeping(/^rtm$/), edges: true },
  { name: 'NAT gateways never forget', plant: keepsTranslations, edges: true },
  { name: 'routes outlive their removal', plant: keepsRoutes, edges: true },
  { name: 'a subnet keeps its route table', tamper: keeping(/^id[46]$/) },
  { name: 'delegated prefixes are nobody’s', tamper: emptied(/^pre[46]$/) },
  {
    name: 'sources that are not routed on the internet pass',
    tamper: inRules(/^pre$/, without(asks(/^unrouted4$/))),
  },
  { name: 'no translation at the gateway on the way back', tamper: inRules(/^src_nat$/, () => undefined) },
];

/** Packets until the fault showed, or undefined where it did not. */
async function packetsToFind({
  tamper,
  plant,
  waits = 0,
  edges = false,
  isWild = false,
}: Omit<Mutant, 'name'>): Promise<{ packets: number; found: string | undefined }> {
  let packets = 0;
  tamperWith(tamper);
  const takeOut = plant?.();
  try {
    for (let seed = 1; packets < packetsMost; seed++) {
      const prefix = `rpt-${process.pid}-mutant`;
      const result = await runSeed({ seed, packets: packetsPerSeed, prefix, edges, waits, isWild });
      packets += result.sent;
      const [first] = result.disagreements;
      if (first) return { packets, found: `expected ${first.expected}, ${first.seen}` };
    }
    return { packets, found: undefined };
  } catch (error) {
    return {
      packets,
      found: `the kernel refused a batch: ${error instanceof Error ? error.message : error}`,
    };
  } finally {
    tamperWith();
    takeOut?.();
  }
}

sweepLeftovers();
const wanted = process.argv.slice(2);
for (const { name, ...mutant } of mutants) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  const { packets, found } = await packetsToFind(mutant);
  console.log(`| ${name} | ${packets} | ${found?.slice(0, 100) ?? 'not found'} |`);
  if ((found === undefined) !== (name === 'none')) process.exitCode = 1;
}
