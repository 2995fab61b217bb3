/**
 * Sessions of roles, as AssumeRole begins them. There is no store of roles here: a session acts under a role's name with
 * the rights of whoever began it, less what its own policies take away.
 */
import { partitionOf } from '#vpc/scope.ts';
import { uniqueId } from '../auth/unique-id.ts';

/** A session policy, and whose it is in the eyes of its conditions. */
export type SessionPolicy = {
  /** JSON of the document. */
  readonly text: string;
  readonly role: Role;
  readonly tags: Readonly<Record<string, string>>;
};

export type Role = {
  readonly account: string;
  /** Name with its path: `deployer`, `team/deployer`. */
  readonly name: string;
};

export type Session = {
  readonly role: Role;
  readonly name: string;
  /** Principal at the beginning of the chain: a user, or the account's root where nothing is verified. */
  readonly assumedBy: string;
  /** The key of that user; undefined where the server verified no signature. */
  readonly keyId?: string | undefined;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  /** All of them narrow the session: its own, and those of the sessions before it in the chain. */
  readonly policies: readonly SessionPolicy[];
  readonly tags: Readonly<Record<string, string>>;
  /** Keys of the tags that the next session of the chain inherits. */
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string | undefined;
};

/** `arn:aws:iam::123456789012:role/team/deployer`, in the partition of a region. */
export function roleArn({ account, name }: Role, region: string): string {
  return `arn:${partitionOf(region)}:iam::${account}:role/${name}`;
}

/** `arn:aws:sts::123456789012:assumed-role/deployer/SESSION`: it has no path. */
export function sessionArn({ role, name }: Pick<Session, 'role' | 'name'>, region: string): string {
  return `arn:${partitionOf(region)}:sts::${role.account}:assumed-role/${roleName(role)}/${name}`;
}

/** The name of a role without its path. */
export function roleName({ name }: Role): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** `AROA…`. */
export function roleId({ account, name }: Role): string {
  return uniqueId('AROA', `${account}/role/${name}`);
}

/** `AROA…:SESSION`, as GetCallerIdentity and CloudTrail show it. */
export function sessionId({ role, name }: Pick<Session, 'role' | 'name'>): string {
  return `${roleId(role)}:${name}`;
}
