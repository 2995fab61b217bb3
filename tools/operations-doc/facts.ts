/** What the code says of itself, gathered for the document and its check. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { services } from '#services/services.ts';
import type { ServiceModel } from '#wire/model.ts';
import { operationNames } from '#wire/operation.ts';
import { serviceNames } from '#wire/wire.ts';
import type { ServiceFacts } from './document.ts';
import { gaps, inTheLab, withoutEffect } from './gaps.ts';
import { sourcesByOperation, unreadMembers } from './unread.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The facts of every service with a wire model. */
export function serviceFacts(): readonly ServiceFacts[] {
  return serviceNames.map((service) => ({
    service,
    modelled: operationNames(service),
    answered: new Set(Object.keys(services[service] ?? {})),
    gaps: gaps[service] ?? {},
    inTheLab: inTheLab[service] ?? {},
    withoutEffect: withoutEffect[service] ?? {},
  }));
}

/** Parameters that are taken, never read, and not explained in the gaps. */
export function unexplainedParameters(): readonly string[] {
  return serviceNames.flatMap((service) => {
    const path = `${root}src/wire/models/${service}.json`;
    const model = JSON.parse(readFileSync(path, 'utf8')) as ServiceModel;
    const sources = sourcesByOperation(`${root}src/services/${service}`);
    return [...sources].flatMap(([action, text]) => {
      const input = model.operations[action]?.[0];
      const shape = input ? model.shapes[input] : undefined;
      const members = shape?.kind === 'struct' ? Object.keys(shape.members) : [];
      const explained = withoutEffect[service]?.[action] ?? {};
      return unreadMembers(members, text)
        .filter((member) => !Object.hasOwn(explained, member))
        .map((member) => `${service} ${action} takes ${member} and never reads it`);
    });
  });
}
