/** `rampart reach`: how far a foothold leads, hop by hop. */
import { resolveEndpoint } from '#policy/endpoint.ts';
import { type BlastRadius, blastRadius, type ReachedInterface } from '#proof/blast.ts';
import { counted } from '#server/counted.ts';
import type { EniId } from '#vpc/ids.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { Streamed } from '../output.ts';
import { withProgress } from '../progress.ts';
import { eniText, servicesText, spansView } from '../text/traffic.ts';
import { answer, ask, type QuestionOptions } from './asked.ts';
import { parseServices, spansOfServices } from './services.ts';

export type ReachOptions = QuestionOptions & {
  readonly service?: readonly string[];
  readonly depth?: string;
  readonly format?: 'text' | 'mermaid';
};

/** Prints every interface that can be reached from a foothold, and how. */
export async function reachCommand(from: string, options: ReachOptions): Promise<ExitCode> {
  const services = spansOfServices(parseServices(options.service ?? ['all']));
  const depthMax = options.depth === undefined ? Number.POSITIVE_INFINITY : Number(options.depth);
  if (!(depthMax >= 1 && (options.depth === undefined || Number.isInteger(depthMax))))
    throw usageFailure(`--depth ${options.depth}: give a number of hops`);
  const asked = await ask(options);
  const resolved = resolveEndpoint(asked.network.world, from);
  if (resolved.kind === 'unknown') throw usageFailure(resolved.why);
  const starts = resolved.endpoints.flatMap((each) => (each.kind === 'eni' ? [each.eniId as EniId] : []));
  if (starts.length === 0)
    throw usageFailure('reach starts at an interface; exposure tells what the internet reaches');
  const found = withProgress('reached: looked at', (onProgress) =>
    blastRadius(asked.index, [...new Set(starts)], { services, depthMax, onProgress }),
  );
  const graph = options.format === 'mermaid';
  answer(
    asked,
    options,
    () => viewOf(found),
    () => (graph ? mermaid(found) : linesOf(found)),
  );
  return exitCodes.ok;
}

const viewOf = ({ interfaces, toInternet }: BlastRadius) => ({
  reached: new Streamed(
    interfaces.values().map(({ eni, depth, via }) => ({
      interface: eni.id,
      instance: eni.attachment?.instanceId,
      depth,
      ...(via
        ? {
            via: {
              from: via.from,
              family: via.family,
              overInternet: via.overInternet,
              ...(via.balancer ? { loadBalancer: via.balancer } : {}),
              ...spansView(via.spans),
            },
          }
        : {}),
    })),
  ),
  toInternet,
});

function linesOf({ interfaces, toInternet }: BlastRadius): readonly string[] {
  const line = ({ eni, depth, via }: ReachedInterface) => {
    const how = via
      ? `from ${via.from}${via.overInternet ? ' over the internet' : ''}${via.balancer ? `, passed on by ${balancerName(via.balancer)},` : ''} by ${servicesText(via.spans)}`
      : '';
    return `${'  '.repeat(depth)}${eniText(eni)}  ${how}`.trimEnd();
  };
  const reached = interfaces.filter(({ depth }) => depth > 0).length;
  return [
    ...interfaces.map(line),
    `${counted(reached, 'interface is', 'interfaces are')} reached; ${counted(toInternet.length, 'leads', 'lead')} to the internet`,
  ];
}

/** `app/web/0123456789abcdef` of an ARN, or the name of a classic load balancer. */
const balancerName = (arn: string): string =>
  arn.slice(arn.indexOf('loadbalancer/') + 'loadbalancer/'.length);

/** A flowchart as Markdown renderers draw it. */
function mermaid({ interfaces, toInternet }: BlastRadius): readonly string[] {
  const node = (id: string) => id.replaceAll('-', '_');
  return [
    'flowchart LR',
    ...interfaces.map(({ eni }) => `  ${node(eni.id)}["${eniText(eni)}"]`),
    ...interfaces.flatMap(({ eni, via }) =>
      via ? [`  ${node(via.from)} -- "${servicesText(via.spans)}" --> ${node(eni.id)}`] : [],
    ),
    ...toInternet.map((id) => `  ${node(id)} --> internet((internet))`),
  ];
}
