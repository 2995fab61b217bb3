/** `rampart env`: the shell lines that point AWS clients at a server. */

/** Signatures are not checked yet, but every client wants to sign with something. */
const key = { id: 'rampart', secret: 'rampart' } as const;

/** Lines for a POSIX shell, to be evaluated. */
export function envLines(endpoint: string): readonly string[] {
  return [
    `export AWS_ENDPOINT_URL='${endpoint}'`,
    "export AWS_REGION='us-east-1'",
    "export AWS_DEFAULT_REGION='us-east-1'",
    `export AWS_ACCESS_KEY_ID='${key.id}'`,
    `export AWS_SECRET_ACCESS_KEY='${key.secret}'`,
    'unset AWS_SESSION_TOKEN AWS_PROFILE',
    // AWS CLI before 2.13 does not know AWS_ENDPOINT_URL:
    // https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }',
  ];
}
