/** The CLI and Debian's aws as programs of their own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const cliProgram = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
export const awsProgram = '/usr/bin/aws';

/** Runs `rampart` to its end; nothing of the caller's own server or keys reaches it. */
export function rampart(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [cliProgram, ...args], { encoding: 'utf8', env: cleanEnv(env) });
}

/** Runs Debian's aws CLI against an endpoint with a key. */
export function aws(endpoint: string, { id, secret, token }: Key, args: readonly string[]) {
  return spawnSync(awsProgram, ['--endpoint-url', endpoint, '--output', 'json', ...args], {
    encoding: 'utf8',
    env: cleanEnv({
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
      ...(token !== undefined && { AWS_SESSION_TOKEN: token }),
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    }),
  });
}

export type Key = { readonly id: string; readonly secret: string; readonly token?: string };

function cleanEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(RAMPART|AWS)_/.test(name));
  return { ...Object.fromEntries(own), ...env };
}
