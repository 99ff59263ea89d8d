/** The terms of a new match, from the request and the program's settings as last read at `finalized`. */
import type { Terms, Timeouts } from '../../machines/match/context.ts';
import { type Refusal, refusal } from '../../machines/refusals.ts';
import type { ChainPort } from '../ports.ts';
import type { Caller, ProgramFacts } from '../wire/objects.ts';
import type { CreateRequest } from '../wire/requests.ts';

/** The program checks neither its fee range nor, without the config account, its pause (H-11, H-12): we do. */
export function newTerms(
  chain: ChainPort,
  caller: Caller,
  request: CreateRequest,
  program: ProgramFacts,
  timeouts: Timeouts,
): Terms | Refusal {
  const game = program.games.find((each) => each.gameId === request.gameType && each.enabled);
  if (game === undefined) return refusal('unknown_game', request.gameType.toString());
  if (program.isPaused) return refusal('program_paused');
  if ((program.paymentMethods & (1 << request.paymentMethod)) === 0)
    return refusal('payment_method_unsupported');
  const fee = BigInt(request.entryFee);
  if (fee > 0n && (fee < BigInt(program.minEntryFee) || fee > BigInt(program.maxEntryFee))) {
    return refusal('entry_fee_out_of_range', `${program.minEntryFee} to ${program.maxEntryFee} lamports`);
  }
  const match = chain.pda('match', request.matchId);
  return {
    cluster: chain.cluster,
    programId: chain.programId,
    matchId: request.matchId,
    matchPda: match.address,
    escrowPda: chain.pda('escrow', match.address).address,
    coordinator: chain.coordinator,
    host: caller.userId,
    gameType: request.gameType,
    seed: request.seed,
    entryFee: request.entryFee,
    paymentMethod: request.paymentMethod,
    minPlayers: game.minPlayers,
    maxPlayers: game.maxPlayers,
    platformFeeBps: program.platformFeeBps,
    timeouts,
  };
}
