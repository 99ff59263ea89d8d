/**
 * How a player with a wallet of their own comes to a match: the client makes the action by itself, compares it with the
 * mirror's, and signs nothing that it has not understood.
 */
import { Message } from '@solana/web3.js';
import {
  base58Encode,
  decodeInstruction,
  fromHex,
  type PendingActionBody,
  pendingActionHash,
} from '../../core/index.ts';
import type { SignRequestView } from '../../durable-objects/wire/views.ts';
import { uuidV7 } from '../console/uuid.ts';
import { MATCH_PROGRAM_ID } from '../local-chain/index.ts';
import { PdaTable } from '../solana/pda.ts';
import { splitWire } from '../solana/wire.ts';
import { accepted } from './chapters.ts';
import type { LiveFrames } from './live-frames.ts';
import type { Player, Stage } from './scene.ts';
import { ENTRY_FEE, type Table, WAIT_MS } from './table.ts';

const HOUR = 3_600_000;
const MEMO_PROGRAM = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';

/** The live sockets of the players and of the operator: who is asked to sign, and who is told of it. */
export interface Ears {
  readonly alice: LiveFrames;
  readonly bob: LiveFrames;
  readonly operator: LiveFrames;
}

export async function listen({ alice, bob, operator, narrator }: Stage, { matchId }: Table): Promise<Ears> {
  const ears = {
    alice: alice.frames(matchId),
    bob: bob.frames(matchId),
    operator: operator.frames(matchId),
  };
  await narrator.eventually(
    'alice, bob and the operator each listen on a socket of their own',
    WAIT_MS,
    async () => Object.values(ears),
    (all) => all.every(({ isGreeted }) => isGreeted),
  );
  return ears;
}

export function deafen(ears: Ears): void {
  for (const each of Object.values(ears)) each.close();
}

/** The intent, made and signed by the client; answers the action's hash. The seat is reserved, no money has moved. */
export async function joinByWallet(stage: Stage, table: Table, player: Player): Promise<string> {
  const { narrator } = stage;
  const { name, wallet } = player;
  const clientKey = uuidV7();
  const notAfter = Date.now() + HOUR;
  const terms = { entryFee: `${ENTRY_FEE}`, paymentMethod: table.paymentMethod, notAfter };
  const hash = pendingActionHash(bodyOf(stage, table, player, { clientKey, notAfter }));
  const intent = await table.post(player, 'join/intent', terms, clientKey);
  const same = intent.status === 200 && JSON.parse(intent.text).action.hash === hash;
  narrator.fact(`the mirror's action is the one that ${name}'s client hashes for itself`, same, intent);
  const signed = { ...terms, signature: wallet.signHash(hash) };
  accepted(
    stage,
    `${name}'s intent is signed and taken`,
    await table.post(player, 'join', signed, clientKey),
  );
  return hash;
}

/** From the terms that the player was shown; nothing in it comes from the mirror's answer. */
function bodyOf(
  { stack }: Stage,
  { matchId, matchPda, paymentMethod }: Table,
  { name, wallet }: Player,
  { clientKey, notAfter }: Pick<PendingActionBody, 'clientKey' | 'notAfter'>,
): PendingActionBody {
  const pdas = new PdaTable(MATCH_PROGRAM_ID);
  const seeds = [pdas.derive('match', matchId), pdas.derive('escrow', matchPda)];
  return {
    v: 1,
    kind: 'join',
    cluster: stack.chain.chain.genesisHash,
    programId: MATCH_PROGRAM_ID,
    matchId,
    user: { id: name, wallet: wallet.address },
    args: { entryFee: `${ENTRY_FEE}`, paymentMethod },
    seeds: seeds.map((pda) => ({ ...pda, seeds: [...pda.seeds] })),
    clientKey,
    notAfter,
  };
}

/** Asked on the player's own socket, looked at, signed and sent back. */
export async function signOnRequest(
  stage: Stage,
  table: Table,
  { player, action, ears }: { readonly player: Player; readonly action: string; readonly ears: Ears },
): Promise<void> {
  const { narrator } = stage;
  const { name } = player;
  await narrator.eventually(
    `${name} is asked to sign, on a socket of their own`,
    WAIT_MS,
    async () => ears[name].asked(action),
    (requests) => requests.length > 0,
  );
  const others = [ears[name === 'alice' ? 'bob' : 'alice'], ears.operator];
  const elsewhere = others.filter((each) => each.asked(action).length > 0);
  narrator.fact('and nobody else is', elsewhere.length === 0, elsewhere);
  await signAndSend(stage, table, player, action);
}

/** The newest request of the player's own view: an older one may have died meanwhile. */
export async function signAndSend(stage: Stage, table: Table, player: Player, action: string): Promise<void> {
  const { narrator } = stage;
  const { name, wallet } = player;
  const { signRequests } = await narrator.eventually(
    `a transaction waits for ${name}'s wallet`,
    WAIT_MS,
    () => player.match(table.matchId),
    (view) => view.signRequests.some((request) => request.action === action),
  );
  const request = signRequests.find((each) => each.action === action);
  if (request === undefined) return narrator.fact('and it is of this action', false, signRequests);
  narrator.fact(`it pays ${name}'s stake and nothing else`, isJoin(request, table, wallet.address), request);
  const body = { action, transaction: wallet.signTransaction(request.transaction) };
  accepted(stage, `${name}'s wallet signs it, and it goes back`, await table.post(player, 'sign', body));
}

/** Of what a careful wallet shows: one join of this match out of this wallet, and a memo with the action's hash. */
function isJoin({ action, transaction }: SignRequestView, { matchId }: Table, wallet: string): boolean {
  const wire = splitWire(transaction);
  if (wire === null) return false;
  const message = Message.from(wire.message);
  const keys = message.accountKeys.map((key) => key.toBase58());
  const [join, memo, ...more] = message.compiledInstructions;
  if (join === undefined || memo === undefined || more.length > 0) return false;
  const asked = decodeInstruction(join.data);
  return (
    keys[0] === wallet &&
    keys[join.programIdIndex] === MATCH_PROGRAM_ID &&
    asked.kind === 'join_match' &&
    asked.matchId === matchId &&
    keys[memo.programIdIndex] === MEMO_PROGRAM &&
    Buffer.from(memo.data).toString('utf8') === base58Encode(fromHex(action))
  );
}
