/** A request as a good client makes it: with one key for good, again while it may succeed later, and again afterwards. */
import { uuidV7 } from '../../../services/console/uuid.ts';
import type { MirrorClient, Reply } from '../../../services/dev/mirror-client.ts';
import { pause, WAIT_MS } from '../../e2e/support/mirror.ts';

const ASK_MS = 200;

export class Request {
  readonly what: string;
  readonly #client: MirrorClient;
  readonly #path: string;
  readonly #body: object;
  readonly #key = uuidV7();
  #answer: Reply | null = null;

  constructor(what: string, client: MirrorClient, path: string, body: object) {
    this.what = what;
    this.#client = client;
    this.#path = path;
    this.#body = body;
  }

  /** Throws where it is refused for good, or not taken in time. */
  async insist(): Promise<void> {
    let last: Reply | null = null;
    for (const end = performance.now() + WAIT_MS; performance.now() < end; await pause(ASK_MS)) {
      last = await this.#ask();
      if (last.status === 200 || last.status === 201) {
        this.#answer = last;
        return;
      }
      const isLater = last.status === 202 || (last.status >= 400 && JSON.parse(last.text).retryable === true);
      if (!isLater) break;
    }
    throw new Error(`${this.what}: not accepted: ${last?.status} ${last?.text}`);
  }

  /** What the mirror calls what it has taken; null for what is no action of its own. */
  get action(): string | null {
    return this.#answer === null ? null : (JSON.parse(this.#answer.text).action ?? null);
  }

  /** The same again gets the same, byte for byte. Answers what is wrong with that, or null. */
  async repeat(): Promise<string | null> {
    const again = await this.#ask();
    const first = this.#answer;
    if (first !== null && again.status === first.status && again.text === first.text) return null;
    return `${this.what}: answered ${first?.status} ${first?.text}, then ${again.status} ${again.text}`;
  }

  #ask(): Promise<Reply> {
    return this.#client.post(this.#path, this.#body, this.#key);
  }
}
