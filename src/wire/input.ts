/** From a call to its operation's input. */
import type { Call, Input, WireError } from './wire.ts';

/**
 * The input of a call, or AWS's refusal: `UnknownParameter`, `InvalidParameterValue`, and in JSON services
 * `SerializationException` and `ValidationException`. Query requests may lack required members: the services say so,
 * together with what else is wrong. Absent members are absent, not undefined.
 */
export function decodeInput({ operation: { codec }, payload }: Call): Input | WireError {
  if (codec.kind === 'query' && payload.kind === 'parameters') return codec.decode(payload.parameters);
  if (codec.kind === 'json' && payload.kind === 'json') return codec.decode(payload.text);
  throw new Error(`a ${codec.kind} operation was called with ${payload.kind}`);
}
