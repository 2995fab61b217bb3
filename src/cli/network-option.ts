/** `--network`, for every command that asks about a network. */
import { Option } from 'commander';

export function networkOption(): Option {
  return new Option(
    '--network <source>',
    'live, snapshot:TIME|SEQ, dump:PATH, tfplan:FILE or aws[:PROFILE][@REGION,…]; default: the running server',
  );
}
