/** Reads what another server answers, within a bound: how much it sends is not its choice. */

export class BodyFault extends Error {
  readonly code: 'empty' | 'lost' | 'too_large' | 'not_utf8';
  /** `detail`: never the address or the content. */
  constructor(code: BodyFault['code'], detail: string) {
    super(detail);
    this.name = 'BodyFault';
    this.code = code;
  }
}

/** Throws `BodyFault`. */
export async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) throw new BodyFault('empty', 'empty body');
  try {
    return await textOf(reader, maxBytes);
  } catch (fault) {
    // Best effort, the answer is refused in any case; but what is left of it must not keep the connection.
    void reader.cancel().catch(() => {});
    throw fault;
  }
}

async function textOf(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new BodyFault('lost', `connection lost in the body: ${errorName(cause)}`);
    });
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) throw new BodyFault('too_large', `more than ${maxBytes} bytes`);
    text += decode(() => decoder.decode(value, { stream: true }));
  }
  return text + decode(() => decoder.decode());
}

/** The class only: messages of fetch failures may hold the address, and an address may hold an API key. */
export function errorName(cause: unknown): string {
  return cause instanceof Error ? cause.name : typeof cause;
}

function decode(step: () => string): string {
  try {
    return step();
  } catch {
    throw new BodyFault('not_utf8', 'not UTF-8');
  }
}
