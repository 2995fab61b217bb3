/** The commands of `rampart`: names, options and help. What a command does is loaded when it runs. */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { addNetworkCommands } from './network-commands.ts';
import { networkOption } from './network-option.ts';
import { addProofCommands } from './questions/commands.ts';
import { exampleHelp } from './questions/examples.ts';

/** Called by a command with the exit code it ends with, where that is not success. */
type SetExitCode = (code: number) => void;

const portDefault = 4566;

const findServerHelp = `
The server is the one of --data, else of $RAMPART_ENDPOINT, else of $RAMPART_DATA, else of ~/.local/share/rampart.`;

/** The program with all its commands. */
export function buildProgram(setExitCode: SetExitCode): Command {
  const program = new Command('rampart')
    .description('The AWS security-group system on your own machine: API, packet filter and answers.')
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'rampart: ')) })
    .option('--no-install', 'name missing Debian packages and do not install them')
    .addHelpText('after', rootExamples);
  addServerCommands(program, setExitCode);
  addKeyCommands(program, setExitCode);
  addLabCommands(program, setExitCode);
  addQuestions(program, setExitCode);
  addProofCommands(program, setExitCode, {
    network: networkOption,
    data: () => dataOption('the data directory of the server'),
  });
  addNetworkCommands(program, setExitCode);
  addStories(program, setExitCode);
  addHelp(program);
  return program;
}

/** In place of commander's own, which says nothing of a command that there is not, nor anything of `keys create`. */
function addHelp(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .description('display help for a command')
    .argument('[command...]', 'its name')
    .action((names: readonly string[]) => {
      let found = program;
      for (const name of names) {
        const inside = found.commands.find((each) => each.name() === name);
        found = inside ?? program.error(`error: unknown command '${names.join(' ')}'`);
      }
      found.outputHelp();
    });
}

const rootExamples = `
Examples:
  $ rampart demo                      the whole story in half a minute
  $ rampart up --detach               start a server
  $ eval "$(rampart env)"             point the aws CLI and the SDKs of this shell at it
  $ aws ec2 describe-security-groups
  $ rampart can internet i-0123456789abcdef0 tcp/80`;

function addServerCommands(program: Command, setExitCode: SetExitCode): void {
  program
    .command('up')
    .description('start a server')
    .option('--port <number>', 'port to listen on; 0 takes a free one', String(portDefault))
    .option(
      '--listen <address>',
      'address to listen on; another than a loopback one needs --auth on',
      '127.0.0.1',
    )
    .addOption(
      new Option('--auth <mode>', 'verify signatures of keys made by "rampart keys", or let everybody in')
        .choices(['off', 'on'])
        .default('off'),
    )
    .addOption(dataOption('where its state lives'))
    .addOption(
      new Option('--enforce <mode>', 'filter packets in network namespaces (lab), or not at all (off)')
        .choices(['auto', 'lab', 'off'])
        .default('auto'),
    )
    .option('--config <file>', 'its configuration; by default rampart.yaml in the data directory, if there')
    .option('--detach', 'return when it answers and leave it running')
    .option('--allow-reset', 'accept "rampart reset", which removes all state')
    .addHelpText(
      'after',
      '\nauto filters where the machine can: Linux and root. Ctrl-C ends the server; the filter stays.',
    )
    .action(async (options) => setExitCode(await (await import('./commands/up.ts')).up(options)));
  program
    .command('down')
    .description('stop the server')
    .addOption(dataOption('the data directory of the server'))
    .option('--purge', 'also remove its network namespaces and rules; instances stop existing in the kernel')
    .action(async (options) => setExitCode(await (await import('./commands/down.ts')).down(options)));
  program
    .command('reset')
    .description('remove all state of a server that was started with --allow-reset, between two tests say')
    .addOption(dataOption('the data directory of the server'))
    .addHelpText('after', `${findServerHelp}\nAccess keys stay.`)
    .action(async (options) =>
      setExitCode(await (await import('./commands/reset.ts')).resetCommand(options)),
    );
  program
    .command('status')
    .description('say whether the server runs, whether packets are filtered, and what is not enforced')
    .addOption(dataOption('the data directory of the server'))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `${findServerHelp}\nExit code 0: it runs and enforces what it should; 1: it does not.`,
    )
    .action(async (options) => setExitCode(await (await import('./commands/status.ts')).status(options)));
  program
    .command('env')
    .description('print the shell lines that point AWS clients at the server')
    .addOption(dataOption('the data directory of the server'))
    .addHelpText('after', `${findServerHelp}\n\nExample:\n  $ eval "$(rampart env)"`)
    .action(async (options) => setExitCode(await (await import('./commands/env.ts')).env(options)));
}

function addKeyCommands(program: Command, setExitCode: SetExitCode): void {
  const keys = program.command('keys').description('make, list and revoke the access keys of --auth on');
  const dataOfServer = () => dataOption('the data directory of the server, which may be running');
  keys
    .command('create')
    .description('make a key; its secret is shown this once')
    .argument('<user>', 'the user that it stands for, such as alice or team/alice')
    .option('--account <id>', 'the account that it acts in', '123456789012')
    .option('--policy <file>', 'a JSON policy document; without one the key may do everything in its account')
    .option('--env', 'print lines that export it to a shell')
    .option('--json', 'as JSON')
    .addOption(dataOfServer())
    .action(async (user: string, options) =>
      setExitCode(await (await import('./commands/keys.ts')).createKey(user, options)),
    );
  keys
    .command('list')
    .description('list the keys, without their secrets')
    .option('--json', 'as JSON, with the policies')
    .addOption(dataOfServer())
    .action(async (options) => setExitCode(await (await import('./commands/keys.ts')).listKeys(options)));
  keys
    .command('revoke')
    .description('end a key; a running server refuses it from its next request on')
    .argument('<id>', 'its id, AKIA…')
    .addOption(dataOfServer())
    .action(async (id: string, options) =>
      setExitCode(await (await import('./commands/keys.ts')).revokeKey(id, options)),
    );
}

function addLabCommands(program: Command, setExitCode: SetExitCode): void {
  program
    .command('exec')
    .description('run a command inside a lab instance, or on a host on the internet')
    .argument('<where>', 'an instance id, or the word internet')
    .argument('<command...>', 'the command and its arguments, after --')
    .option('--from <address>', 'the address of the internet host')
    .addOption(dataOption('the data directory of the server'))
    .addHelpText(
      'after',
      `${findServerHelp}
Needs root. Standard streams, signals and the exit code are the command's own.

Examples:
  $ rampart exec i-0123456789abcdef0 -- python3 -m http.server 80
  $ rampart exec internet --from 198.51.100.7 -- curl http://203.0.113.10/`,
    )
    .action(async (where: string, command: readonly string[], options) =>
      setExitCode(await (await import('./commands/exec.ts')).exec(where, command, options)),
    );
}

function addQuestions(program: Command, setExitCode: SetExitCode): void {
  program
    .command('can')
    .description('say whether a new connection works, and which rules decide')
    .argument('<source>', 'an instance, an interface, an address, or the word internet')
    .argument('<destination>', 'the same')
    .argument(
      '<service>',
      'tcp/PORT, udp/PORT, icmp[/TYPE[/CODE]], icmpv6[/TYPE[/CODE]] or a protocol number',
    )
    .addOption(networkOption())
    .addOption(dataOption('the data directory of the server'))
    .option('--json', 'as JSON, with every step')
    .addHelpText(
      'after',
      `${findServerHelp}
Each address family that both ends have is asked. Exit code 0: some family works; 1: none; 2: wrong usage or an
unknown resource.
${exampleHelp('can')}

  $ rampart can 10.0.1.10 eni-0123456789abcdef0 udp/53 --json`,
    )
    .action(async (source: string, destination: string, service: string, options) => {
      const { canCommand } = await import('./commands/can.ts');
      setExitCode(await canCommand({ source, destination, service, ...options }));
    });
  program
    .command('effective')
    .description('list every rule in force on an interface, and whom each peer stands for')
    .argument('<what>', 'an instance or an interface')
    .addOption(networkOption())
    .addOption(dataOption('the data directory of the server'))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `${findServerHelp}\nExit code 2: there is no such instance or interface.\n${exampleHelp('effective')}`,
    )
    .action(async (what: string, options) =>
      setExitCode(await (await import('./commands/effective.ts')).effectiveCommand(what, options)),
    );
}

function addStories(program: Command, setExitCode: SetExitCode): void {
  program
    .command('demo')
    .description('build a small cloud, measure who reaches whom, change a rule, and compare with the engine')
    .option('--engine-only', 'send no packets, also where this machine could filter them')
    .addHelpText('after', '\nWith root on Linux with real connections; elsewhere with the engine alone.')
    .action(async (options) => setExitCode(await (await import('./commands/demo.ts')).demo(options)));
  program
    .command('test')
    .description('run everything the project checks')
    .argument(
      '[options...]',
      '--check --unit --property --conformance --kernel --e2e: only these; --list: the files',
    )
    .allowUnknownOption()
    .action(async (options: readonly string[]) =>
      setExitCode(await (await import('./commands/test.ts')).test(options)),
    );
}

function dataOption(description: string): Option {
  return new Option('--data <dir>', description);
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
