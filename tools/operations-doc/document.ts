/** The text of docs/operations.md, from the wire models, the tables of operations and the known gaps. */

export type Support =
  | { readonly kind: 'complete'; readonly inTheLab?: string }
  | { readonly kind: 'partial'; readonly missing: string }
  | { readonly kind: 'unsupported' };

export type ServiceFacts = {
  readonly service: string;
  /** Operations of the wire model. */
  readonly modelled: readonly string[];
  /** Operations that are answered. */
  readonly answered: ReadonlySet<string>;
  readonly gaps: Readonly<Record<string, string>>;
  readonly inTheLab: Readonly<Record<string, string>>;
  readonly withoutEffect: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** How an operation of the model is supported. */
export function supportOf({ answered, gaps, inTheLab }: ServiceFacts, action: string): Support {
  if (!answered.has(action)) return { kind: 'unsupported' };
  const missing = gaps[action];
  if (missing !== undefined) return { kind: 'partial', missing };
  const note = inTheLab[action];
  return { kind: 'complete', ...(note === undefined ? {} : { inTheLab: note }) };
}

/** Rows of the gaps, and answered operations, that fit nothing. */
export function contradictions(facts: ServiceFacts): string[] {
  const { service, modelled, answered, gaps, inTheLab, withoutEffect } = facts;
  const known = new Set(modelled);
  return [
    ...[...answered]
      .filter((action) => !known.has(action))
      .map((action) => `${service} answers ${action}, which its wire model does not have`),
    ...Object.keys(gaps)
      .filter((action) => !answered.has(action))
      .map((action) => `${service} ${action} has a known gap and is not answered at all`),
    ...Object.keys(inTheLab)
      .filter((action) => !answered.has(action) || Object.hasOwn(gaps, action))
      .map((action) => `${service} ${action} is complete in the lab, and has a known gap or is not answered`),
    ...Object.keys(withoutEffect)
      .filter((action) => !answered.has(action))
      .map((action) => `${service} ${action} has parameters without effect and is not answered at all`),
  ];
}

const title = `# Operations

Made by \`node tools/operations-doc/main.ts\` from the wire models, the tables of operations and
\`tools/operations-doc/gaps.ts\`; do not edit.

- **complete**: answers as AWS documents it, as far as the network is concerned; the row may say what a lab has in place of
  a machine or an address of AWS.
- **partial**: answers; what is missing is refused with \`UnsupportedOperation\`, or said in the row.
- **unsupported**: AWS's model has it, and Rampart refuses it with \`UnsupportedOperation\`.

An operation that is not listed is not in Rampart's wire models and is refused with \`InvalidAction\`.
`;

/** The whole document. */
export function documentOf(services: readonly ServiceFacts[]): string {
  return [title, ...services.map(sectionOf)].join('\n');
}

function sectionOf(facts: ServiceFacts): string {
  const rows = facts.modelled.toSorted().map((action) => ({ action, support: supportOf(facts, action) }));
  const count = (kind: Support['kind']) => rows.filter(({ support }) => support.kind === kind).length;
  const lines = rows.map(({ action, support }) => {
    return `| ${action} | ${support.kind} | ${remarkOf(support)} |`;
  });
  const summary = `${count('complete')} complete, ${count('partial')} partial, ${count('unsupported')} unsupported.`;
  const section = `## ${facts.service}\n\n${summary}\n\n| operation | state | what is missing, or what the lab has |\n|---|---|---|\n`;
  return `${section}${lines.join('\n')}\n${withoutEffectOf(facts)}`;
}

function remarkOf(support: Support): string {
  switch (support.kind) {
    case 'complete':
      return support.inTheLab === undefined ? '' : `in the lab: ${support.inTheLab}`;
    case 'partial':
      return support.missing;
    case 'unsupported':
      return '';
    default:
      return support satisfies never;
  }
}

function withoutEffectOf({ withoutEffect }: ServiceFacts): string {
  const lines = Object.entries(withoutEffect)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([action, members]) =>
      Object.entries(members).map(([member, why]) => `| ${action} | ${member} | ${why} |`),
    );
  if (lines.length === 0) return '';
  const head =
    '\nParameters that are taken and change nothing:\n\n| operation | parameter | because |\n|---|---|---|\n';
  return `${head}${lines.join('\n')}\n`;
}
