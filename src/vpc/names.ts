/**
 * Names and descriptions of security groups and rules.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
import { defaultGroupName } from './security-group.ts';

/** Length of a name and of a description, in characters. */
const textLengthMax = 255;

export type TextProblem =
  | { readonly kind: 'tooLong'; readonly max: number }
  | { readonly kind: 'character'; readonly character: string };

export type NameProblem = TextProblem | { readonly kind: 'idPrefix' } | { readonly kind: 'reserved' };

/** The first character that AWS does not take, of names and descriptions alike. */
const foreign = /[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/u;

/** What is wrong with a description, if anything. */
export function textProblem(text: string): TextProblem | undefined {
  if (text.length > textLengthMax) return { kind: 'tooLong', max: textLengthMax };
  const character = foreign.exec(text)?.[0];
  return character === undefined ? undefined : { kind: 'character', character };
}

/** The name under which AWS keeps a group: without the spaces at its end. */
export function storedName(name: string): string {
  return name.replace(/ +$/, '');
}

/** What is wrong with the stored name of a new group, if anything. */
export function nameProblem(name: string): NameProblem | undefined {
  const problem = textProblem(name);
  if (problem) return problem;
  if (name.startsWith('sg-')) return { kind: 'idPrefix' };
  return name === defaultGroupName ? { kind: 'reserved' } : undefined;
}

/** A problem in words, to follow "is invalid:". */
export function explainProblem(problem: NameProblem): string {
  switch (problem.kind) {
    case 'tooLong':
      return `use at most ${problem.max} characters`;
    case 'character':
      return `'${problem.character}' is not one of a-z, A-Z, 0-9, space and ._-:/()#,@[]+=&;{}!$*`;
    case 'idPrefix':
      return 'a name may not start with sg-';
    case 'reserved':
      return `the name ${defaultGroupName} is reserved`;
    default:
      return problem satisfies never;
  }
}

/**
 * Whether a text is the address of an instance in a Terraform plan, which describes the instance's interface there: what is
 * yet to be made has no id. https://developer.hashicorp.com/terraform/cli/state/resource-addressing
 */
export const isPlanAddress = (text: string): boolean => /^(?:module\..+\.)?aws_instance\.\S+$/.test(text);
