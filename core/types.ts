/**
 * What the core takes and gives. Amounts are lamports, times are Unix seconds unless a name says otherwise;
 * u64 and i64 are `bigint`, keys and addresses base58, hashes lower-case hex.
 */

/** `totalEntry = platformFee + netPool`. */
export interface FeeBreakdown {
  totalEntry: bigint;
  platformFee: bigint;
  netPool: bigint;
}

/** Prizes by rank; they sum to `netPool` exactly. */
export interface PrizeDistribution {
  netPool: bigint;
  prizes: bigint[];
}

/** One call of `refund_escrow` and the state that it meets (interface: section 4.14). */
export interface RefundTerms {
  /** The escrow's, before the call. */
  totalEntry: bigint;
  /** By slot, as many as there are players: a slot beyond them is out of range. */
  stakes: readonly bigint[];
  /** Slots, in the order of the payees. */
  listed: readonly number[];
  /** 0 to 7. */
  reason: number;
  /** The config's, now in force. */
  cancellationFeeBps: number;
  abandoned: number | null;
}

/** What a refund takes out of the escrow. */
export interface RefundBreakdown {
  /** By position of the list; 0 where the listed player forfeits. */
  payouts: bigint[];
  /** On top of stakes paid back in full (H-02). */
  treasury: bigint;
}

/** Shows that a leaf stands at `index` of a tree whose root is known. */
export interface MerkleProof {
  /** From 0. */
  index: number;
  /** Hashes, from the leaf's level upwards; of a node that pairs with itself, itself. At most 16. */
  siblings: string[];
}

/** Account Match (interface: section 2.1). */
export interface MatchAccount {
  matchId: string;
  version: string;
  gameName: string;
  gameType: number;
  /** Low 32 bits of the seed argument (H-30). */
  seed: number;
  /** 0 joinable, 1 playing, 2 ended. */
  phase: 0 | 1 | 2;
  currentPlayer: number;
  playerCount: number;
  /** `playerCount` entries, by slot. */
  playerIds: string[];
  moveCount: number;
  createdAt: bigint;
  /** 0 while not ended. */
  endedAt: bigint;
  matchHash: string | null;
  hotUrl: string | null;
  authority: string;
  flags: number;
  entryFee: bigint;
  /** Gross, for a full table: never what a winner gets (H-10). */
  prizePool: bigint;
  matchType: number;
  paymentMethod: number;
  tournamentId: string | null;
}

/** Account EscrowAccount (interface: section 2.2). */
export interface EscrowAccount {
  matchPda: string;
  bump: number;
  totalEntry: bigint;
  platformFee: bigint;
  treasuryDue: bigint;
  /** Always 10 entries, by slot. */
  playerStakes: bigint[];
  funded: boolean;
  distributed: boolean;
  cancelled: boolean;
  /** 0 to 7; means something only if `cancelled`. */
  cancellationReason: number;
  abandonedIndex: number | null;
}

/** Account UserDepositAccount (interface: section 2.3). */
export interface UserDepositAccount {
  authority: string;
  bump: number;
  totalDeposited: bigint;
  available: bigint;
  /** Unreliable: never released for losers (H-04). */
  inPlay: bigint;
  withdrawn: bigint;
  /** 0 while not locked. */
  lockedUntil: bigint;
  frozen: boolean;
  enhancedReview: boolean;
}

/** Account ConfigAccount (interface: section 2.4), without its game economy. */
export interface ConfigAccount {
  authority: string;
  treasuryMultisig: string;
  platformFeeBps: number;
  withdrawalFee: bigint;
  minEntryFee: bigint;
  maxEntryFee: bigint;
  cancellationFeeBps: number;
  isPaused: boolean;
  /** Bit 0 WALLET, bit 1 PLATFORM. */
  supportedPaymentMethods: number;
  kycTierWallet: number;
  kycTierPlatform: number;
  createdAt: bigint;
  lastUpdated: bigint;
}

export interface GameDefinition {
  gameId: number;
  name: string;
  minPlayers: number;
  maxPlayers: number;
  ruleEngineUrl: string;
  version: number;
  enabled: boolean;
}

/** Account GameRegistry (interface: section 2.5): the valid entries only. */
export interface RegistryAccount {
  authority: string;
  games: GameDefinition[];
  lastUpdated: bigint;
}

/**
 * The money instructions (interface: section 4). Encoding does not judge the arguments; the program does. An argument
 * that is null in an update leaves what it names as it is.
 */
export type MoneyInstruction =
  | { kind: 'initialize_config'; treasuryMultisig: string }
  | {
      kind: 'update_config';
      platformFeeBps: number | null;
      withdrawalFeeLamports: bigint | null;
      minEntryFee: bigint | null;
      maxEntryFee: bigint | null;
      treasuryMultisig: string | null;
      supportedPaymentMethods: number | null;
    }
  | { kind: 'pause_program' }
  | { kind: 'unpause_program' }
  | { kind: 'initialize_registry' }
  | {
      kind: 'register_game';
      gameId: number;
      name: string;
      minPlayers: number;
      maxPlayers: number;
      ruleEngineUrl: string;
      version: number;
    }
  | {
      kind: 'update_game';
      gameId: number;
      name: string | null;
      minPlayers: number | null;
      maxPlayers: number | null;
      ruleEngineUrl: string | null;
      version: number | null;
      enabled: boolean | null;
    }
  | { kind: 'deposit_sol'; amount: bigint }
  | { kind: 'withdraw_sol'; amount: bigint }
  | {
      kind: 'create_match';
      matchId: string;
      gameType: number;
      seed: bigint;
      entryFee: bigint | null;
      paymentMethod: number | null;
      matchType: number | null;
      /** 32 hex characters. */
      tournamentId: string | null;
    }
  | { kind: 'join_match'; matchId: string; userId: string }
  | { kind: 'start_match'; matchId: string }
  | { kind: 'end_match'; matchId: string; matchHash: string | null; hotUrl: string | null }
  | { kind: 'anchor_match_record'; matchId: string; matchHash: string; hotUrl: string | null }
  | { kind: 'close_match_account'; matchId: string }
  | { kind: 'distribute_prizes'; matchId: string; winnerIndices: number[]; prizeAmounts: bigint[] }
  | {
      kind: 'refund_escrow';
      matchId: string;
      playerIndices: number[];
      reason: number;
      abandonedPlayerIndex: number | null;
    };

/** The chain's facts about one match, that mirror and chain can both produce (formats: MatchStateSnapshot). */
export interface MatchStateSnapshot {
  matchPda: string;
  matchId: string;
  createdAt: bigint;
  gameType: number;
  phase: number;
  matchType: number;
  paymentMethod: number;
  entryFee: bigint;
  authority: string;
  /** `player_count` entries, by slot. */
  playerIds: string[];
  matchHash: string | null;
  endedAt: bigint;
  escrow: null | {
    totalEntry: bigint;
    /** As many as `playerIds`. */
    stakes: bigint[];
    funded: boolean;
    distributed: boolean;
    cancelled: boolean;
    cancellationReason: number;
    abandonedIndex: number | null;
  };
}

export type ActionKind =
  | 'create'
  | 'join'
  | 'start'
  | 'end'
  | 'distribute'
  | 'refund'
  | 'deposit'
  | 'withdraw'
  | 'anchor';

/**
 * The hashed part of a pending action (design: section 6), in its JSON spelling. The fields that come after the hash
 * (`hash`, `signer`, `signature`) may be there and are not hashed; any other unknown field is refused.
 */
export interface PendingActionBody {
  v: 1;
  kind: ActionKind;
  /** Genesis hash of the cluster. */
  cluster: string;
  programId: string;
  matchId?: string;
  user?: { id: string; wallet: string };
  /** By kind (formats: PendingAction): u64 as decimal text, keys base58, hashes hex. */
  args: object;
  /** Seeds are prefixed `utf8:`, `base58:` or `hex:`. */
  seeds: { name: string; seeds: string[]; address: string; bump: number }[];
  /** UUID text. */
  clientKey: string;
  /** Unix ms. */
  notAfter: number;
}
