/**
 * Policy documents: what a key may do, as IAM writes it. A document that says something this program would
 * not obey (principals, variables, conditions that it does not know) is refused as a whole, since a rule that
 * is not obeyed is worse than none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { type Glob, globOf } from '../glob.ts';
import { arnPattern } from './arn-pattern.ts';
import { type Condition, conditionIn } from './condition.ts';
import { repeatedMember } from './repeated-member.ts';

/** Everything that matches one of the patterns, or everything else. */
type Selection = { readonly kind: 'matching' | 'notMatching'; readonly patterns: readonly Glob[] };

export type Statement = {
  readonly effect: 'allow' | 'deny';
  /** Patterns of `service:action` in lower case: IAM compares actions without case. */
  readonly actions: Selection;
  /** Patterns of ARNs. */
  readonly resources: Selection;
  readonly condition?: Condition;
};

export type Policy = { readonly kind: 'policy'; readonly statements: readonly Statement[] };

/** What is wrong with a document, in one line. */
export type BadPolicy = { readonly kind: 'badPolicy'; readonly why: string };

const versions: readonly unknown[] = ['2012-10-17', '2008-10-17'];
/** Characters, white space not counted: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const documentCharsMax = 6144;

class Bad extends Error {}

/** The policy of a JSON text, or what is wrong with it. */
export function parsePolicy(text: string): Policy | BadPolicy {
  try {
    if (text.replaceAll(/\s/g, '').length > documentCharsMax) {
      throw new Bad(`it is longer than ${documentCharsMax} characters`);
    }
    const document: unknown = JSON.parse(text);
    const repeated = repeatedMember(text);
    if (repeated !== undefined) throw new Bad(`${repeated} is given twice in one object`);
    return { kind: 'policy', statements: statementsIn(document) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'badPolicy', why: `it is not JSON: ${error.message}` };
    if (error instanceof Bad) return { kind: 'badPolicy', why: error.message };
    throw error;
  }
}

function statementsIn(value: unknown): readonly Statement[] {
  const document = objectIn(value, 'the document', ['Version', 'Id', 'Statement']);
  if (!versions.includes(document['Version'])) throw new Bad('Version must be "2012-10-17" or "2008-10-17"');
  const statements = [document['Statement']].flat();
  if (document['Statement'] === undefined || statements.length === 0) throw new Bad('it has no Statement');
  return statements.map((statement, index) => statementOf(statement, `Statement ${index + 1}`));
}

function statementOf(value: unknown, where: string): Statement {
  const names = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];
  const statement = objectIn(value, where, names);
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new Bad(`${where}: Effect must be "Allow" or "Deny"`);
  return {
    effect: effect === 'Allow' ? 'allow' : 'deny',
    actions: selectionIn(statement, 'Action', where, actionGlob),
    resources: selectionIn(statement, 'Resource', where, arnGlob),
    ...(statement['Condition'] === undefined ? {} : { condition: condition(statement['Condition'], where) }),
  };
}

function condition(value: unknown, where: string): Condition {
  const read = conditionIn(value);
  if (typeof read === 'string') throw new Bad(`${where}: ${read}`);
  return read;
}

type Fields = Readonly<Record<string, unknown>>;

function objectIn(value: unknown, where: string, names: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Bad(`${where} is not an object`);
  }
  const other = Object.keys(value).find((name) => !names.includes(name));
  if (other !== undefined) throw new Bad(`${where}: ${other} is not supported`);
  return value as Fields;
}

function selectionIn(
  statement: Fields,
  name: 'Action' | 'Resource',
  where: string,
  globFor: (text: string, where: string) => Glob,
): Selection {
  const [positive, negative] = [statement[name], statement[`Not${name}`]];
  if ((positive === undefined) === (negative === undefined)) {
    throw new Bad(`${where}: exactly one of ${name} and Not${name} is needed`);
  }
  const values = [positive ?? negative].flat();
  if (values.length === 0) throw new Bad(`${where}: ${name} is empty`);
  const patterns = values.map((value) => {
    if (typeof value !== 'string') throw new Bad(`${where}: ${name} is not text`);
    return globFor(value, where);
  });
  return { kind: negative === undefined ? 'matching' : 'notMatching', patterns };
}

function actionGlob(text: string, where: string): Glob {
  if (text !== '*' && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(text)) {
    throw new Bad(`${where}: the action "${text}" is not "*" or "service:Action"`);
  }
  return globOf(text.toLowerCase(), { escapes: false });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_arns.html */
function arnGlob(text: string, where: string): Glob {
  if (text.includes('${')) throw new Bad(`${where}: the variable in "${text}" is not supported`);
  if (text === '*') return () => true;
  const glob = arnPattern(text);
  if (glob) return glob;
  throw new Bad(
    `${where}: the resource "${text}" is not "*" or "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE"`,
  );
}
