/** Pure functions that remember their answers. */

/** The same function, which computes the answer of each subject once, for as long as the subject lives. */
export function remembered<K extends object, V>(make: (subject: K) => V): (subject: K) => V {
  const known = new WeakMap<K, { readonly answer: V }>();
  return (subject) => {
    let found = known.get(subject);
    if (!found) {
      found = { answer: make(subject) };
      known.set(subject, found);
    }
    return found.answer;
  };
}
