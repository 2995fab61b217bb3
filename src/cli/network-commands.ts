/**
 * The commands that bring networks in and out: import, export, collect; and those about a server's own past:
 * history, backup.
 */
import { type Command, Option } from 'commander';
import { networkOption } from './network-option.ts';

const data = () => new Option('--data <dir>', 'the data directory of the server');

/** Called by a command with the exit code it ends with. */
type SetExitCode = (code: number) => void;

/** Adds the commands. */
export function addNetworkCommands(program: Command, setExitCode: SetExitCode): void {
  addImport(program, setExitCode);
  addSaving(program, setExitCode);
  addPast(program, setExitCode);
}

function addImport(program: Command, setExitCode: SetExitCode): void {
  program
    .command('import')
    .description('take a network from elsewhere into the server, whole or not at all')
    .argument(
      '<source>',
      'dump:PATH or just PATH, tfplan:FILE (what it leads to), aws[:PROFILE][@REGION,…], or snapshot:TIME|SEQ (as the server was)',
    )
    .option('--dry-run', 'say what would be imported, or what stands in the way')
    .option('--replace', 'let everything go that the same accounts have in the same regions; asks first')
    .option('--yes', 'do not ask')
    .option('--allow-unknown', 'import what can be read, also where files or parts of them cannot')
    .option('--json', 'as JSON')
    .addOption(data())
    .addHelpText(
      'after',
      `
While no server runs, the data directory itself is changed. Exit code 1: nothing was imported, and why is listed.

Examples:
  $ rampart import ./dump --dry-run
  $ rampart import ./dump --replace
  $ rampart import snapshot:41 --replace
  $ rampart import aws:production@eu-west-1`,
    )
    .action(async (source: string, options) =>
      setExitCode(await (await import('./commands/import.ts')).importCommand(source, options)),
    );
}

function addSaving(program: Command, setExitCode: SetExitCode): void {
  program
    .command('export')
    .description('write a network as the JSON that "aws ec2 describe-…" prints')
    .requiredOption('--to <dir>', 'a new or empty folder')
    .addOption(networkOption())
    .addOption(data())
    .addHelpText(
      'after',
      '\nExamples:\n  $ rampart export --to ./now\n  $ rampart export --to ./then --network snapshot:120',
    )
    .action(async (options) =>
      setExitCode(await (await import('./commands/export.ts')).exportCommand(options)),
    );
  program
    .command('collect')
    .description('save a live AWS account as such JSON; reads only')
    .argument('[source]', 'aws[:PROFILE][@REGION,…], @all for every region', 'aws')
    .requiredOption('--to <dir>', 'a new or empty folder')
    .addHelpText(
      'after',
      '\nThe permissions that it needs stand in docs/import.md.\n\nExamples:\n  $ rampart collect --to ./account\n  $ rampart collect aws:production@eu-west-1,us-east-1 --to ./account',
    )
    .action(async (source: string, options) =>
      setExitCode(await (await import('./commands/collect.ts')).collectCommand(source, options)),
    );
}

function addPast(program: Command, setExitCode: SetExitCode): void {
  program
    .command('history')
    .description('list who changed what and when, newest first')
    .argument('[resource]', 'only changes of this one, by its id')
    .option('--limit <number>', 'so many at most', '20')
    .option('--before <sequence>', 'only changes before this one')
    .option('--json', 'as JSON')
    .addOption(data())
    .addHelpText(
      'after',
      `
The number of a change names the network after it, as in snapshot:7.

Examples:
  $ rampart history sg-0123456789abcdef0
  $ rampart diff snapshot:6 snapshot:7`,
    )
    .action(async (resource: string | undefined, options) =>
      setExitCode(await (await import('./commands/history.ts')).historyCommand(resource, options)),
    );
  program
    .command('backup')
    .description('save the data directory as of one moment, while its server runs or not')
    .requiredOption('--to <dir>', 'a new or empty folder')
    .addOption(new Option('--data <dir>', 'the data directory'))
    .addHelpText(
      'after',
      `
State, journal, access keys and configuration. To restore, stop the server and put the folder in the place of the data
directory.

Example:
  $ rampart backup --to ./backup-2026-01-31`,
    )
    .action(async (options) =>
      setExitCode(await (await import('./commands/backup.ts')).backupCommand(options)),
    );
}
