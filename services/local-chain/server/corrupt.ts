/** Answers spoiled on the way, after the request was carried out. */

import type { RpcReply } from '../rpc/handle.ts';
import { replyText } from '../rpc/handle.ts';
import type { Json } from '../rpc/json.ts';
import { stringify } from '../rpc/json.ts';
import type { MetFault } from './fault-in-force.ts';
import { field, isList } from './json-fields.ts';

export type Spoiling = Extract<MetFault, { kind: 'corrupt' }>['how'];
type Reply = RpcReply | RpcReply[] | undefined;

export const HTML_PAGE =
  '<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>';

function each(reply: Reply, change: (one: RpcReply) => RpcReply): Reply {
  if (reply === undefined) return undefined;
  return Array.isArray(reply) ? reply.map(change) : change(reply);
}

/** An id that the client has not given, of the same type. */
function otherId(reply: RpcReply): RpcReply {
  const { id } = reply;
  if (typeof id === 'string') return { ...reply, id: `${id}-other` };
  return { ...reply, id: id === null ? 1 : id + 1 };
}

/** Nothing that a client can take for what it asked for, however little it checks. */
function otherShape(value: Json): Json {
  if (value === null) return 'null';
  if (isList(value)) return { list: value.length };
  if (typeof value !== 'object') return [value];
  const inner = field(value, 'value');
  // The envelope stays right, since it is what a client looks at first.
  if (inner !== undefined && field(value, 'context') !== undefined)
    return { ...value, value: otherShape(inner) };
  return [];
}

function misshapen(reply: RpcReply): RpcReply {
  return 'result' in reply ? { ...reply, result: otherShape(reply.result) } : reply;
}

/** Every integer as a float, as JSON libraries write them that know no other numbers: 447552000.0, 1.8e+19. */
function floats(value: Json): string {
  if (typeof value === 'bigint') return Number(value).toExponential();
  if (typeof value === 'number' && Number.isInteger(value)) return `${value}.0`;
  if (isList(value)) return `[${value.map(floats).join(',')}]`;
  if (value === null || typeof value !== 'object') return stringify(value);
  const fields = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${floats(inner)}`);
  return `{${fields.join(',')}}`;
}

function floatText(reply: RpcReply): string {
  if (!('result' in reply)) return replyText(reply);
  return `{"jsonrpc":"2.0","id":${stringify(reply.id)},"result":${floats(reply.result)}}`;
}

/** The body that is sent instead, and its type. */
export function spoil(reply: Reply, how: Spoiling): { type: string; body: string } {
  const json = (body: string) => ({ type: 'application/json', body });
  if (how === 'html') return { type: 'text/html', body: HTML_PAGE };
  if (how === 'notJson') return json('upstream connect error');
  if (how === 'wrongId') return json(replyText(each(reply, otherId)));
  if (how === 'wrongShape') return json(replyText(each(reply, misshapen)));
  if (how === 'floats') {
    if (reply === undefined) return json('');
    return json(Array.isArray(reply) ? `[${reply.map(floatText).join(',')}]` : floatText(reply));
  }
  const text = replyText(reply);
  return json(text.slice(0, Math.floor(text.length / 2)));
}
