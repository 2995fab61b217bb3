/** What a launch asks of the spot market. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html */
import type {
  InstanceMarketOptionsRequest,
  RunInstancesRequest,
  SpotMarketOptions,
} from '@aws-sdk/client-ec2';
import type { SpotTerms } from '#vpc/spot-request.ts';
import { oneOf, required } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';

/** "It must be more than USD $0.001." */
const priceMin = 0.001;

/** The terms of a launch on the spot market; refuses other markets. */
export function spotTermsIn(
  options: InstanceMarketOptionsRequest,
  input: RunInstancesRequest,
  context: Context,
): SpotTerms {
  const market = required(options.MarketType, 'InstanceMarketOptions.MarketType');
  oneOf(market, ['spot', 'capacity-block'], 'InstanceMarketOptions.MarketType');
  if (market !== 'spot') {
    refuse('invalidCombination', {
      reason: `A launch in a ${market} names the reservation that holds it, and the account has none.`,
    });
  }
  for (const parameter of ['DisableApiTermination', 'DisableApiStop'] as const) {
    if (input[parameter]) refuseSpotProtection(parameter);
  }
  return termsOf(options.SpotOptions ?? {}, input.HibernationOptions?.Configured ?? false, context);
}

export type SpotProtection = 'DisableApiTermination' | 'DisableApiStop';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html */
export function refuseSpotProtection(parameter: SpotProtection): never {
  refuse('unsupported', { reason: `A Spot Instance cannot be protected (${parameter}).` });
}

function termsOf(options: SpotMarketOptions, hibernates: boolean, { nowMs }: Context): SpotTerms {
  refuseUnsupported(options, ['BlockDurationMinutes']);
  const type = oneOf(options.SpotInstanceType ?? 'one-time', ['one-time', 'persistent'], 'SpotInstanceType');
  const interruption = oneOf(
    options.InstanceInterruptionBehavior ?? (hibernates ? 'hibernate' : 'terminate'),
    ['terminate', 'stop', 'hibernate'],
    'InstanceInterruptionBehavior',
  );
  if (hibernates && interruption !== 'hibernate') {
    refuse('invalidCombination', {
      reason: `An instance with hibernation is interrupted by it, not by '${interruption}'.`,
    });
  }
  // "Persistent Spot Instance requests are only supported when the interruption behavior is hibernate or stop", and
  // the other way round: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/interruption-behavior.html
  if ((type === 'persistent') !== (interruption !== 'terminate')) {
    refuse('invalidCombination', {
      reason: `A ${type} request does not go with the interruption behavior '${interruption}'.`,
    });
  }
  return {
    type,
    interruption,
    ...(options.MaxPrice === undefined ? {} : { maxPrice: priceIn(options.MaxPrice) }),
    ...(options.ValidUntil === undefined ? {} : { validUntilMs: endIn(options.ValidUntil, type, nowMs) }),
  };
}

/** A price with six digits behind the point, as AWS shows it. */
function priceIn(text: string): string {
  const price = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : 0;
  if (price > priceMin) return price.toFixed(6);
  return refuse('invalidValue', {
    parameter: 'MaxPrice',
    value: text,
    expected: `use more than ${priceMin}`,
  });
}

function endIn(end: Date, type: SpotTerms['type'], nowMs: number): number {
  if (type === 'one-time') {
    refuse('invalidCombination', { reason: 'ValidUntil is for persistent requests.' });
  }
  if (end.getTime() > nowMs) return end.getTime();
  const expected = 'the time has passed';
  return refuse('invalidValue', { parameter: 'ValidUntil', value: end.toISOString(), expected });
}
