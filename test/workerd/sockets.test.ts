import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveSockets } from '../../services/host/sockets.ts';

const OPEN = 1;
const CLOSING = 2;
const bob = { userId: 'bob', role: 'player' } as const;

/** One end of a socket: keeps what it was sent, and its attachment as the platform does, by value. */
class FakeSocket {
  static readonly OPEN = OPEN;
  readyState = OPEN;
  readonly sent: string[] = [];
  closed: readonly [number, string] | null = null;
  #attachment = 'null';
  send(text: string): void {
    if (this.readyState !== OPEN) throw new Error('not open');
    this.sent.push(text);
  }
  close(code: number, reason: string): void {
    this.closed = [code, reason];
    this.readyState = CLOSING;
  }
  serializeAttachment(value: unknown): void {
    this.#attachment = JSON.stringify(value);
  }
  deserializeAttachment(): unknown {
    return JSON.parse(this.#attachment);
  }
}

function object(open: FakeSocket[] = []) {
  const accepted: FakeSocket[] = open;
  const ctx = {
    setWebSocketAutoResponse: () => {},
    acceptWebSocket: (socket: FakeSocket) => accepted.push(socket),
    getWebSockets: () => accepted,
  };
  // SAFETY: the sockets of an object use these three methods only.
  return { sockets: new LiveSockets(ctx as unknown as DurableObjectState), accepted };
}

beforeEach(() => {
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('WebSocketPair', function pair() {
    return { 0: new FakeSocket(), 1: new FakeSocket() };
  });
  vi.stubGlobal('WebSocketRequestResponsePair', class {});
});
afterEach(() => vi.unstubAllGlobals());

const hello = { type: 'hello', protocol: 'money-match.v1', matchId: 'm', seq: 1 } as const;

describe('live sockets', () => {
  it('greet a listener, then bring it every delta', async () => {
    const { sockets, accepted } = object();
    const { server } = sockets.accept(bob);
    await sockets.greet(server, async () => [hello]);
    sockets.broadcast((viewer) => `delta for ${viewer.userId}`);
    expect(accepted[0]?.sent).toEqual([JSON.stringify(hello), 'delta for bob']);
  });

  it('send no delta before the view, and make the view anew where one came meanwhile', async () => {
    const { sockets, accepted } = object();
    const { server } = sockets.accept(bob);
    let made = 0;
    await sockets.greet(server, async () => {
      made += 1;
      // As a commit between the reading of the view and its sending would.
      if (made === 1) sockets.broadcast(() => 'delta');
      return [{ ...hello, seq: made }];
    });
    expect(accepted[0]?.sent).toEqual([JSON.stringify({ ...hello, seq: 2 })]);
  });

  it('send a listener away that an object never gets to greet', async () => {
    const { sockets, accepted } = object();
    const { server } = sockets.accept(bob);
    const greeted = await sockets.greet(server, async () => {
      sockets.broadcast(() => 'delta');
      return [hello];
    });
    expect(greeted).toBe(false);
    expect(accepted[0]).toMatchObject({ closed: [1013, 'try again later'], sent: [] });
  });

  it('skip one that is closing, and go on after one that fails', async () => {
    const { sockets, accepted } = object();
    for (let n = 0; n < 3; n++) await sockets.greet(sockets.accept(bob).server, async () => []);
    if (accepted[0]) accepted[0].readyState = CLOSING;
    if (accepted[1])
      accepted[1].send = () => {
        throw new Error('gone');
      };
    sockets.broadcast(() => 'delta');
    expect(accepted.map(({ sent }) => sent)).toEqual([[], [], ['delta']]);
    expect(sockets.count()).toBe(2);
  });

  it('are bounded: one more is told to come again later', () => {
    const { sockets, accepted } = object(Array.from({ length: 1_000 }, () => new FakeSocket()));
    sockets.accept(bob);
    expect(accepted.at(-1)?.closed).toEqual([1013, 'try again later']);
  });

  it.each([
    ['junk', 'junk'],
    ['JSON of another form', '{"type":"join"}'],
    ['a field too many', '{"type":"ping","x":1}'],
    ['bytes', new ArrayBuffer(4)],
    ['a ping beyond the bound', `{"type":"ping"${' '.repeat(5_000)}}`],
  ])('answer %s with a code, and close on the eighth', (_what, frame) => {
    const { sockets, accepted } = object();
    const { server } = sockets.accept(bob);
    for (let n = 0; n < 7; n++) sockets.receive(server, frame);
    expect(accepted[0]?.closed).toBeNull();
    sockets.receive(server, frame);
    expect(accepted[0]?.closed).toEqual([1008, 'too many bad frames']);
    expect(accepted[0]?.sent.map((text) => JSON.parse(text).code)).toEqual(Array(8).fill('bad_frame'));
  });

  it('answer a ping however it is spelled', () => {
    const { sockets, accepted } = object();
    const { server } = sockets.accept(bob);
    sockets.receive(server, '{ "type": "ping" }');
    expect(accepted[0]?.sent).toEqual(['{"type":"pong"}']);
  });

  it('close one whose attachment another release wrote in a form that this one does not know', () => {
    const { sockets, accepted } = object();
    const { server } = sockets.accept(bob);
    server.serializeAttachment({ v: 2 });
    sockets.receive(server, 'junk');
    expect(accepted[0]?.closed).toEqual([1008, 'too many bad frames']);
  });
});
