/** Who asks. Sessions will be another implementation of the same interface; no route knows which one it has. */
import { base58Encode, sha256 } from '../../core/index.ts';
import type { Caller } from '../../durable-objects/wire/objects.ts';
import { userIdText } from '../../durable-objects/wire/requests.ts';
import { type Refusal, refusal } from '../../machines/refusals.ts';
import { isStrictKey } from '../solana/ed25519.ts';

export interface Identity {
  authenticate(request: Request): Promise<Caller | Refusal>;
}

export function isRefusal(answer: Caller | Refusal): answer is Refusal {
  return 'code' in answer;
}

/** Where somebody who may be anyone would be taken at their word, only this machine may ask. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Believes what the request says: header `x-dev-user` (percent-encoded where it is not ASCII) and `x-dev-role:
 * operator`. `x-dev-wallet` (base58) is the caller's wallet, for a story in which one signs. Browsers cannot set headers on
 * a WebSocket, so an upgrade may say `?as=`, `&role=` and `&wallet=` instead.
 *
 * Answers on loopback names only. That holds where a Worker was deployed with development settings by mistake, and
 * against a page that reaches this machine under a name of its own (DNS rebinding).
 */
export class DevelopmentIdentity implements Identity {
  async authenticate(request: Request): Promise<Caller | Refusal> {
    const url = new URL(request.url);
    if (!LOOPBACK.has(url.hostname)) return refusal('unauthenticated', 'development identity: loopback only');
    const claim = claimOf(request, url);
    const userId = userIdText.safeParse(claim.user);
    if (!userId.success) return refusal('unauthenticated', 'x-dev-user: 1-64 bytes of UTF-8 without NUL');
    if (claim.role !== null && claim.role !== 'operator' && claim.role !== 'player') {
      return refusal('unauthenticated', 'x-dev-role: player or operator');
    }
    // What cannot sign, or signs ambiguously, is no wallet; the default is exempt, since nobody signs with it.
    if (claim.wallet !== null && !isStrictKey(claim.wallet)) {
      return refusal('unauthenticated', 'x-dev-wallet: an Ed25519 key of prime order, in base58');
    }
    return {
      userId: userId.data,
      wallet: claim.wallet ?? developmentWallet(userId.data),
      role: claim.role ?? 'player',
    };
  }
}

/** An address that follows from the user id. Nobody holds its key: PLATFORM players never sign with it. */
export function developmentWallet(userId: string): string {
  return base58Encode(sha256(new TextEncoder().encode(`money-match/development-wallet\0${userId}`)));
}

interface Claim {
  readonly user: string | null;
  readonly role: string | null;
  readonly wallet: string | null;
}

function claimOf(request: Request, url: URL): Claim {
  if (request.headers.get('upgrade')?.toLowerCase() === 'websocket' && url.searchParams.has('as')) {
    const [user, role, wallet] = ['as', 'role', 'wallet'].map((name) => url.searchParams.get(name));
    return { user: user ?? null, role: role ?? null, wallet: wallet ?? null };
  }
  return {
    user: decoded(request.headers.get('x-dev-user')),
    role: request.headers.get('x-dev-role'),
    wallet: request.headers.get('x-dev-wallet'),
  };
}

function decoded(header: string | null): string | null {
  try {
    return header === null ? null : decodeURIComponent(header);
  } catch {
    return null;
  }
}
