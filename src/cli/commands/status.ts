/** `rampart status`: whether a server runs, and whether packets are filtered as it says. */
import { counted } from '#server/counted.ts';
import type { Health } from '#server/health.ts';
import { statusOf } from '#server/status.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { findServer } from '../server-link.ts';
import type { ServerOptions } from '../server-options.ts';

export type StatusOptions = ServerOptions & { readonly json?: boolean };

/** Fails where no server answers, or the kernel does not hold what was committed. */
export async function status({ json = false, ...options }: StatusOptions): Promise<ExitCode> {
  const found = await statusOrNone(options);
  if (json) printJson(found);
  else if (found.kind === 'answers') print(healthText(found.endpoint, found.health));
  if (found.kind === 'answers') return found.health.status === 'ok' ? exitCodes.ok : exitCodes.failed;
  if (json) return exitCodes.failed;
  throw new Failure(found.why);
}

type Found =
  | { readonly kind: 'answers'; readonly endpoint: string; readonly health: Health }
  | { readonly kind: 'silent' | 'none'; readonly why: string };

async function statusOrNone(options: ServerOptions): Promise<Found> {
  let endpoint: string;
  try {
    ({ endpoint } = findServer(options));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: 'none', why: error.message };
  }
  const found = await statusOf(endpoint);
  return found.kind === 'answers' ? found : { kind: 'silent', why: `${endpoint}: ${found.why}` };
}

function healthText(endpoint: string, health: Health): string {
  const { enforcement } = health;
  const { mode, ok, failing, repairs, lastRepair, lag, notEnforced, generation } = enforcement;
  const filter =
    mode === 'off' ? 'off: no packet is filtered' : `${ok ? 'on' : 'FAILED'}, generation ${generation}`;
  return [
    `Rampart ${health.version} answers on ${endpoint} (process ${health.pid}, ${health.uptimeSeconds} s)`,
    `journal       sequence ${health.sequence} of ${health.identity}`,
    ...(health.storage.ok ? [] : [`storage       FAILED, changes are refused: ${health.storage.error}`]),
    `enforcement   ${filter}${lag > 0 ? `, ${counted(lag, 'change')} behind` : ''}`,
    ...failing.map(({ resource, error }) => `              ${resource}: ${error}`),
    ...(lastRepair === undefined ? [] : [`put right     ${counted(repairs, 'time')}, last: ${lastRepair}`]),
    ...notEnforced.map((sentence) => `not enforced  ${sentence}`),
  ].join('\n');
}
