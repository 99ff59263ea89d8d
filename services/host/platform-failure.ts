/**
 * What the platform says of a call to an object that failed. An overloaded object must not be asked again at once: the
 * second call would only add to its load (platform facts: A1).
 */
export function failureOf(error: unknown): { readonly retryable: boolean; readonly overloaded: boolean } {
  const flag = (name: string): boolean =>
    typeof error === 'object' && error !== null && Reflect.get(error, name) === true;
  const overloaded = flag('overloaded');
  return { retryable: flag('retryable') && !overloaded, overloaded };
}
