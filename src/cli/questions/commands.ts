/** The commands that ask the prover about a whole network: names, options and help. */
import { type Command, Option } from 'commander';
import { exampleHelp } from './examples.ts';

type SetExitCode = (code: number) => void;

/** Options that every question has. */
export type CommonOptions = { readonly network: () => Option; readonly data: () => Option };

/** Adds the questions to the program. */
export function addProofCommands(program: Command, setExitCode: SetExitCode, common: CommonOptions): void {
  const question = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .addOption(common.network())
      .addOption(common.data())
      .option('--json', 'as JSON');
  addReachQuestions(question, setExitCode);
  addChangeQuestions(question, setExitCode);
  addHistoryQuestion(question, setExitCode);
  addRuleQuestions(question, setExitCode);
}

const allowUnknown = [
  '--allow-unknown',
  'pass also where files or parts of them cannot be read, or outputs are missing that could admit more',
] as const;

type Question = (name: string, description: string) => Command;

function addReachQuestions(question: Question, setExitCode: SetExitCode): void {
  question('exposure', 'list every interface that the internet reaches, and with which services')
    .addOption(
      new Option('--by <what>', 'interfaces, or the rules that expose them, those of most interfaces first')
        .choices(['interface', 'rule'])
        .default('interface'),
    )
    .addHelpText('after', exampleHelp('exposure'))
    .action(async (options) => setExitCode(await (await import('./exposure.ts')).exposureCommand(options)));
  question('reach', 'list what somebody reaches who holds an interface, hop by hop')
    .argument('<from>', 'an instance, an interface or an address')
    .option('--service <service...>', 'only hops by these services, such as tcp/22', ['all'])
    .option('--depth <hops>', 'so many hops and no more')
    .addOption(
      new Option('--format <format>', 'text, or a Mermaid graph')
        .choices(['text', 'mermaid'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
Each interface is shown once, with the shortest way to it; there may be others.
${exampleHelp('reach')}

  $ rampart reach eni-0123456789abcdef0 --service tcp/22 --service tcp/3389 --format mermaid`,
    )
    .action(async (from: string, options) =>
      setExitCode(await (await import('./reach.ts')).reachCommand(from, options)),
    );
}

function addChangeQuestions(question: Question, setExitCode: SetExitCode): void {
  question('diff', 'tell which traffic one network allows and another does not')
    .argument('[from]', 'a network as --network takes it; without one, a plan is compared with itself before')
    .argument('[to]', 'another; by default that of --network, or the running server')
    .addOption(
      new Option(
        '--fail-on <change>',
        'exit with 1 on any change, on newly allowed traffic, or on that of the internet',
      )
        .choices(['never', 'any', 'gained', 'internet'])
        .default('never'),
    )
    .addOption(
      new Option('--format <format>', 'text, or Markdown for a pull request')
        .choices(['text', 'markdown'])
        .default('text'),
    )
    .option(...allowUnknown)
    .addHelpText(
      'after',
      `
Exit code 1: what --fail-on names is there; 2: it is not, but parts of the networks could not be read.
${exampleHelp('diff')}

  $ rampart diff snapshot:120 live
  $ rampart diff --network tfplan:plan.json --fail-on internet --format markdown`,
    )
    .action(async (from: string | undefined, to: string | undefined, options) =>
      setExitCode(await (await import('./diff.ts')).diffCommand(from, to, options)),
    );
  question('check', 'check contracts about the network: who must, may never, or may alone reach whom')
    .argument('<contracts>', 'a YAML file')
    .option(...allowUnknown)
    .option('--all', 'everything that breaks a contract, also where that is much')
    .addOption(
      new Option('--format <format>', 'text, or a JUnit report, which CI servers show')
        .choices(['text', 'junit'])
        .default('text'),
    )
    .addHelpText('after', contractHelp)
    .action(async (path: string, options) =>
      setExitCode(await (await import('./check.ts')).checkCommand(path, options)),
    );
}

function addHistoryQuestion(question: Question, setExitCode: SetExitCode): void {
  question('when', 'tell since when a path exists, and whose change opened it')
    .argument('<source>', 'an instance, an interface, an address, or the word internet')
    .argument('<destination>', 'the same')
    .argument('<service>', 'as for can')
    .option('--all', 'every time that it opened or closed')
    .addHelpText('after', `\nExit code 0: the path is open now; 1: it is not.\n${exampleHelp('when')}`)
    .action(async (from: string, to: string, service: string, options) =>
      setExitCode(await (await import('./when.ts')).whenCommand({ from, to, service }, options)),
    );
}

const contractHelp = `
Exit code 0: all hold; 1: one is broken; 2: none is broken in what could be read, which is not all. from and to are internet, any, tag:KEY=VALUE, a block, or the id of a group,
subnet, VPC or interface. Where one of them means nothing in the network, the contract is broken, unless mayBeEmpty: true
stands beside its name.

A file of contracts:
  contracts:
    - name: only the application reaches the database
      only: { from: tag:Role=app, to: tag:Role=db, services: [tcp/5432] }
    - name: nobody has SSH from the internet
      never: { from: internet, to: any, services: [tcp/22] }
${exampleHelp('check')}`;

function addRuleQuestions(question: Question, setExitCode: SetExitCode): void {
  const rules = async () => await import('./rules.ts');
  question('redundant', 'list rules that can go without a change in what is admitted, and what covers them')
    .argument('[group]', 'a security group; by default all')
    .addHelpText('after', exampleHelp('redundant'))
    .action(async (group: string | undefined, options) =>
      setExitCode(await (await rules()).redundantCommand(group, options)),
    );
  question('unused', 'list security groups that no interface carries, and an order to delete them in')
    .addHelpText('after', exampleHelp('unused'))
    .action(async (options) => setExitCode(await (await rules()).unusedCommand(options)));
  question('same', 'say whether two security groups admit the same; exit code 1 where they do not')
    .argument('<first>', 'a security group')
    .argument('<second>', 'another')
    .addHelpText('after', exampleHelp('same'))
    .action(async (first: string, second: string, options) =>
      setExitCode(await (await rules()).sameCommand(first, second, options)),
    );
  question('compact', 'write a security group in fewer rules that admit the same, which is proved')
    .argument('<group>', 'a security group')
    .addHelpText('after', exampleHelp('compact'))
    .action(async (group: string, options) =>
      setExitCode(await (await rules()).compactCommand(group, options)),
    );
}
