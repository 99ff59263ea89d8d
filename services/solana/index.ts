/** The one door to Solana. Everything about its client library stays behind it, so that a successor can replace it. */
export { createChain, SolanaChain } from './chain.ts';
export { connect, type SolanaDeps, type SolanaParts } from './connect.ts';
export { waitFor } from './deadline.ts';
export { type FundedPlayer, fundPlayer } from './dev-funding.ts';
export { developmentTreasury, ensureProgram } from './dev-genesis.ts';
export type { DevDeps } from './dev-transactions.ts';
export { RpcError, SolanaError, type SolanaErrorCode } from './errors.ts';
export type { Fetch, HttpRequest } from './json-rpc.ts';
export { parseSettings, type SolanaSettings, type SolanaSettingsInput } from './settings.ts';
