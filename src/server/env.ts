/** `rampart env`: the shell lines that point AWS clients at a server. */

import type { AuthMode } from './authentication.ts';

/** For a server that checks no signatures: every client wants to sign with something. */
const key = { id: 'rampart', secret: 'rampart' } as const;

const keyLines: Readonly<Record<AuthMode, readonly string[]>> = {
  off: [`export AWS_ACCESS_KEY_ID='${key.id}'`, `export AWS_SECRET_ACCESS_KEY='${key.secret}'`],
  // A secret is shown once, when its key is made; what the shell has is left alone.
  on: ['# signatures are checked; for a key of this shell:  eval "$(rampart keys create NAME --env)"'],
};

/** Lines for a POSIX shell, to be evaluated. */
export function envLines(endpoint: string, auth: AuthMode): readonly string[] {
  return [
    `export AWS_ENDPOINT_URL='${endpoint}'`,
    "export AWS_REGION='us-east-1'",
    "export AWS_DEFAULT_REGION='us-east-1'",
    ...keyLines[auth],
    'unset AWS_SESSION_TOKEN AWS_PROFILE',
    // AWS CLI before 2.13 does not know AWS_ENDPOINT_URL:
    // https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }',
  ];
}
