import { Keypair, TransactionInstruction } from '@solana/web3.js';
import { describe, expect, it } from 'vitest';
import type { Outcome } from './chain.ts';
import { SOL, TestChain } from './chain.ts';
import {
  anchorMatchRecord,
  build,
  closeMatchAccount,
  createMatch,
  cut,
  depositSol,
  distributePrizes,
  endMatch,
  initializeConfig,
  initializeRegistry,
  joinMatch,
  pauseProgram,
  refundEscrow,
  registerGame,
  startMatch,
  unpauseProgram,
  updateConfig,
  updateGame,
  withAccount,
  withdrawSol,
  withoutLast,
} from './instructions.ts';
import { configAddress, instructionDiscriminator, PROGRAM_ID, SYSTEM_PROGRAM } from './interface.ts';
import { CLAIM, MATCH_ID, newWorld, playingMatch, WALLET } from './world.ts';

const key = Keypair.generate().publicKey;
const hash = new Uint8Array(32).fill(1);
const prizes = [{ index: 0, amount: 1n, to: key }];

/** One well-formed call of every instruction; what it would do does not matter here. */
const CALLS = {
  initialize_config: initializeConfig(key, key),
  update_config: updateConfig(key, { methods: 3 }),
  pause_program: pauseProgram(key),
  unpause_program: unpauseProgram(key),
  initialize_registry: initializeRegistry(key),
  register_game: registerGame(key, CLAIM),
  update_game: updateGame(key, 0, { enabled: true }),
  deposit_sol: depositSol(key, 1n),
  withdraw_sol: withdrawSol(key, 1n, key),
  create_match: createMatch({ matchId: MATCH_ID, authority: key, tournament: new Uint8Array(16) }),
  join_match: joinMatch({ matchId: MATCH_ID, userId: 'u', player: key }),
  start_match: startMatch(MATCH_ID, key),
  end_match: endMatch({ matchId: MATCH_ID, authority: key, url: 'u' }),
  anchor_match_record: anchorMatchRecord({ matchId: MATCH_ID, authority: key, hash, url: 'u' }),
  close_match_account: closeMatchAccount(MATCH_ID, key),
  distribute_prizes: distributePrizes({ matchId: MATCH_ID, treasury: key, prizes }),
  refund_escrow: refundEscrow({ matchId: MATCH_ID, players: [{ index: 0, to: key }], abandoned: 0 }),
};

const raw = (data: Uint8Array) =>
  new TransactionInstruction({ programId: PROGRAM_ID, keys: [], data: Buffer.from(data) });

describe('before any handler runs', () => {
  const chain = new TestChain();

  it.each([
    ['no data', new Uint8Array()],
    ['seven bytes', instructionDiscriminator('start_match').subarray(0, 7)],
    ['a name that does not exist on chain', instructionDiscriminator('cancel_match')],
    ['a name of the game itself', instructionDiscriminator('submit_move')],
  ])('an instruction with %s is unknown (101)', (_, data) => {
    expect(chain.run(raw(data))).toBe(101);
  });

  it.each(Object.entries(CALLS).filter(([, call]) => call.data.length > 8))(
    '%s with its last argument cut short does not decode (102), whatever the accounts are',
    (_, call) => {
      expect(chain.run(withoutLast(cut(call, 1)))).toBe(102);
    },
  );

  it('a tag other than 0 and 1, a text that is no UTF-8, and a length beyond the data do not decode (102)', () => {
    const id = CALLS.start_match.data.subarray(8);
    const noTag = build('end_match', CALLS.end_match.keys, id, Uint8Array.of(2, 0));
    const noText = build('start_match', CALLS.start_match.keys, Uint8Array.of(1, 0, 0, 0, 0xff));
    const tooLong = build('start_match', CALLS.start_match.keys, Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    const tooMany = build(
      'distribute_prizes',
      CALLS.distribute_prizes.keys,
      id,
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x20),
    );
    for (const call of [noTag, noText, tooLong, tooMany]) expect(chain.run(call)).toBe(102);
  });

  it('the program refuses to run at another address than its own (4100)', () => {
    const elsewhere = Keypair.generate().publicKey;
    const call = new TransactionInstruction({ ...CALLS.start_match, programId: elsewhere });
    expect(new TestChain(elsewhere).run(call)).toBe(4100);
  });

  it.each(Object.entries(CALLS))('%s without accounts is refused (3005)', (_, call) => {
    expect(chain.run(new TransactionInstruction({ ...call, keys: [] }))).toBe(3005);
  });
});

describe('the account list', () => {
  it('bytes after the arguments and accounts after the list are ignored', () => {
    const { chain } = newWorld();
    const user = chain.wallet();
    const call = depositSol(user, SOL);
    const extra = Array.from({ length: 40 }, () => ({
      pubkey: Keypair.generate().publicKey,
      isSigner: false,
      isWritable: false,
    }));
    // Beyond the 32 accounts that the program looks at: a transaction holds no more, so they repeat.
    const keys = [...call.keys, ...extra.slice(0, 20), ...extra.slice(0, 20)];
    const data = Buffer.concat([call.data, Buffer.from([1, 2, 3])]);
    expect(chain.run(new TransactionInstruction({ ...call, keys, data }))).toBe('ok');
  });

  it('trailing optional accounts may not be dropped (3005)', () => {
    const { chain, coordinator } = newWorld();
    const call = createMatch({ matchId: MATCH_ID, authority: coordinator });
    expect(chain.run(withoutLast(call))).toBe(3005);
  });

  const played = playingMatch(WALLET);
  const player = played.chain.wallet();
  const depositor = played.chain.wallet();
  expect(played.chain.run(depositSol(depositor, SOL))).toBe('ok');
  const wrongSystem: readonly (readonly [string, TransactionInstruction, number])[] = [
    ['deposit_sol', depositSol(player, 1n), 3],
    ['create_match', createMatch({ matchId: MATCH_ID, authority: player }), 5],
    ['join_match', joinMatch({ matchId: MATCH_ID, userId: 'x', player, wallet: player }), 7],
    ['register_game', registerGame(played.admin, CLAIM), 2],
    ['initialize_config', initializeConfig(player, player), 2],
    ['initialize_registry', initializeRegistry(player), 2],
    ['distribute_prizes', distributePrizes({ matchId: MATCH_ID, treasury: player, prizes }), 24],
    ['update_config', updateConfig(played.treasury, {}), 2],
    ['pause_program', pauseProgram(played.treasury), 2],
    ['unpause_program', unpauseProgram(played.treasury), 2],
    ['update_game', updateGame(played.admin, CLAIM.id, {}), 2],
    ['withdraw_sol', withdrawSol(depositor, 1n), 4],
    ['refund_escrow', refundEscrow({ matchId: MATCH_ID, players: [{ index: 0, to: player }] }), 24],
  ];
  it.each(wrongSystem)(
    '%s with another program for the system program is refused (3008)',
    (_, call, index) => {
      expect(call.keys[index]?.pubkey).toEqual(SYSTEM_PROGRAM);
      expect(played.chain.run(withAccount(call, index, { pubkey: configAddress }))).toBe(3008);
    },
  );

  const unsigned: readonly (readonly [string, TransactionInstruction, number])[] = [
    ['initialize_config', initializeConfig(player, player), 1],
    ['initialize_registry', initializeRegistry(player), 1],
    ['register_game', registerGame(played.admin, CLAIM), 1],
    ['deposit_sol', depositSol(player, 1n), 1],
    ['create_match', createMatch({ matchId: MATCH_ID, authority: player }), 4],
    ['join_match', joinMatch({ matchId: MATCH_ID, userId: 'x', player, wallet: player }), 6],
    ['start_match', startMatch(MATCH_ID, played.coordinator), 3],
    ['end_match', endMatch({ matchId: MATCH_ID, authority: played.coordinator }), 2],
  ];
  it.each(unsigned)('%s without its signature is refused (3010)', (_, call, index) => {
    expect(played.chain.run(withAccount(call, index, { isSigner: false }))).toBe(3010);
  });

  it.each(['distribute_prizes', 'refund_escrow'] as const)(
    '%s asks nobody for a signature (H-01)',
    (name) => {
      expect(CALLS[name].keys.some((meta) => meta.isSigner)).toBe(false);
    },
  );

  it('the name of the instruction is the first line of its log', () => {
    const { chain } = newWorld();
    const outcome: Outcome = chain.run(depositSol(chain.wallet(), 1n));
    expect(outcome).toBe('ok');
    expect(chain.logs[1]).toBe('Program log: Instruction: DepositSol');
  });
});
