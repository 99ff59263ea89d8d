/** The door to the local chain, for development and tests. */

export type { Commitment } from './blocks.ts';
export { LocalChain } from './chain.ts';
export { ChainError, RPC_CODE } from './errors.ts';
export type { TransactionRecord } from './history.ts';
export { ChainNode } from './node.ts';
export type { LocalChainOptions, SendOptions, SignatureStatus, SimulateOptions } from './options.ts';
export type { ChainProgram } from './program.ts';
export { loadMatchProgram, MATCH_PROGRAM_ID, matchProgramPath } from './program.ts';
export type { RpcReply } from './rpc/handle.ts';
export { handleRpc, handleRpcText } from './rpc/handle.ts';
export type { ChainCommand, ChainCommandInput } from './server/chain-commands.ts';
export { Endpoints } from './server/endpoints.ts';
export type { Fault, FaultInput, SimpleFault } from './server/fault-kinds.ts';
export { FaultBoard } from './server/faults.ts';
export type { InProcessFetch } from './server/in-process.ts';
export { fetchInProcess } from './server/in-process.ts';
export type { Plan, Reception } from './server/plan.ts';
export type { RunningChain, ServerOptions } from './server/server.ts';
export { startLocalChain } from './server/server.ts';
export type { ChainAccount } from './svm.ts';
