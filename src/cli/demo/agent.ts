/** A process inside a lab instance or on an internet host, started with `rampart exec` as a user would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Failure } from '../failure.ts';
import type { Order, Report } from './host.ts';

const cli = fileURLToPath(new URL('../main.js', import.meta.url));
const hostScript = fileURLToPath(new URL('./host.ts', import.meta.url));
const startTimeoutMs = 30_000;

export type AgentPlan = {
  readonly name: string;
  /** What `rampart exec` is told: an instance id, or `internet --from ADDRESS`. */
  readonly where: readonly string[];
  readonly protocol: 'http' | 'tcp';
  readonly port: number;
  readonly endpoint: string;
};

/** An order before it is numbered. */
type Request = Order extends infer Each ? (Each extends Order ? Omit<Each, 'id'> : never) : never;

export class Agent {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (ok: boolean) => void>();
  #orders = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts the process and waits until its server listens. */
  static async start({ name, where, protocol, port, endpoint }: AgentPlan): Promise<Agent> {
    const inside = [process.execPath, hostScript, name, protocol, String(port)];
    const child = spawn(process.execPath, [cli, 'exec', ...where, '--', ...inside], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, RAMPART_ENDPOINT: endpoint },
    });
    const agent = new Agent(child);
    const complaints: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
    createInterface({ input: child.stdout }).on('line', (line) => agent.#settle(JSON.parse(line) as Report));
    child.stdin.on('error', () => undefined);
    const ready = agent.#answerTo(0, startTimeoutMs);
    child.once('exit', () => agent.#settleAll());
    if (await ready) return agent;
    agent.stop();
    throw new Failure(`the server on ${name} does not start: ${complaints.join('').trim() || 'no answer'}`);
  }

  /** Gives an order; whether the connection that it is about worked. */
  order(request: Request): Promise<boolean> {
    const id = ++this.#orders;
    // A process that is gone answers nothing: its connections do not work.
    const answer = this.#answerTo(id, request.timeoutMs * 3);
    this.#child.stdin?.write(`${JSON.stringify({ ...request, id })}\n`);
    return answer;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
    this.#settleAll();
  }

  #answerTo(id: number, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle({ id, ok: false }), timeoutMs);
      this.#waiting.set(id, (ok) => {
        clearTimeout(timer);
        resolve(ok);
      });
    });
  }

  #settle({ id, ok }: Report): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(ok);
  }

  #settleAll(): void {
    for (const id of [...this.#waiting.keys()]) this.#settle({ id, ok: false });
  }
}
