/**
 * The real deposit object over node:sqlite, with a chain that shows nothing: what it answers then depends on its own
 * ledger alone. Its memory is lost as often as a test likes; its rows and its alarm are kept.
 */
import { base58Encode, sha256 } from '../../../core/index.ts';
import {
  type ChainPort,
  ChainUnavailable,
  type ObjectWorld,
  type SignerPort,
} from '../../../durable-objects/ports.ts';
import { type MirrorSettings, mirrorSettings } from '../../../durable-objects/settings.ts';
import { UserDepositDO } from '../../../durable-objects/UserDepositDO.ts';
import type { Binding, ChainStanding, DirectoryObject } from '../../../durable-objects/wire/objects.ts';
import { portOf } from '../../kernel/bench.ts';
import { type Dump, dumpOf } from '../../kernel/storage.ts';
import { ANN, AT, address } from '../../model/requests.ts';
import { NodeAlarm } from '../../support/node-alarm.ts';
import { NodeSql } from '../../support/node-sql.ts';

export const BINDING: Binding = { userId: ANN.id, wallet: ANN.wallet, authority: ANN.authority };
export const CALLER = { userId: ANN.id, wallet: ANN.wallet, role: 'player' } as const;
export const OPERATOR = { userId: 'olga', wallet: address(40), role: 'operator' } as const;
export const WITHDRAWAL_FEE = 5n;

const CLUSTER = address(1);
const PROGRAM = address(2);

const standing: ChainStanding = {
  verdict: { level: 'online', epoch: { generation: 1, counter: 1 }, asOf: AT },
  program: {
    slot: 1,
    platformFeeBps: 500,
    treasury: address(7),
    minEntryFee: '0',
    maxEntryFee: '18446744073709551615',
    withdrawalFee: WITHDRAWAL_FEE.toString(),
    isPaused: false,
    paymentMethods: 3,
    games: [],
  },
  providers: [],
};

export class DepositHome {
  readonly sql = new NodeSql();
  readonly alarm = new NodeAlarm(this.sql);
  readonly settings: MirrorSettings;
  now = AT;
  object: UserDepositDO;
  readonly #world: ObjectWorld;

  constructor(settings: Partial<MirrorSettings> = {}) {
    this.settings = { ...mirrorSettings(), ...settings };
    this.#world = this.#made();
    this.object = new UserDepositDO(this.#world);
  }

  /** First contact: bound, and its empty history read. */
  async begin(): Promise<void> {
    await this.object.reconcile(BINDING, 'first');
  }

  async dump(): Promise<Dump> {
    return dumpOf({ sql: this.sql, alarm: this.alarm, alarmAt: async () => this.alarm.at });
  }

  /** Loses its memory; what was committed is all that is left. */
  evict(): void {
    this.object = new UserDepositDO(this.#world);
  }

  /** The alarm goes off as often as it is due. */
  async fireDue(): Promise<void> {
    for (let round = 0; round < 100; round += 1) {
      if (!this.alarm.take(this.now)) return;
      await this.object.alarm();
    }
    throw new Error('the object re-arms itself for now, without end');
  }

  close(): void {
    this.sql.close();
  }

  #made(): ObjectWorld {
    return {
      name: `deposit/${CLUSTER}/${PROGRAM}/${BINDING.authority}`,
      settings: this.settings,
      sql: this.sql,
      alarm: this.alarm,
      clock: { now: () => this.now },
      random: { bytes: (length) => new Uint8Array(length).fill(7) },
      sockets: portOf('sockets', {}),
      chain: emptyChain(),
      signer: portOf<SignerPort>('signer', { custodyAuthority: async () => BINDING.authority }),
      probes: portOf('probes', {}),
      peers: {
        match: () => portOf('match', {}),
        deposit: () => portOf('deposit', {}),
        health: () => portOf('health', {}),
        directory: () =>
          portOf<DirectoryObject>('directory', {
            attach: async () => ({ ...standing, generation: 1, behind: false }),
            standing: async () => standing,
          }),
      },
      alerts: { deliver: async () => {} },
    };
  }
}

/** Any address does, but one for each name. */
function pdaOf(name: string): string {
  return base58Encode(sha256(new TextEncoder().encode(name)));
}

/** Its history is empty, it has no account, and it gives no blockhash: nothing is ever signed. */
function emptyChain(): ChainPort {
  return portOf<ChainPort>('chain', {
    cluster: CLUSTER,
    programId: PROGRAM,
    coordinator: address(5),
    pda: (name, of = '') => ({ name, seeds: [`utf8:${name}`], address: pdaOf(`${name}-${of}`), bump: 255 }),
    rentMinimum: async (size) => (BigInt(size) + 128n) * 6_960n,
    accounts: async (addresses) => ({ slot: 1, provider: 'one', accounts: addresses.map(() => null) }),
    history: async () => [],
    heed: () => {},
    takeReports: () => [],
    prepare: () => Promise.reject(new ChainUnavailable('unavailable', 'one', 'no blockhash')),
    offer: () => Promise.reject(new ChainUnavailable('unavailable', 'one', 'no blockhash')),
  });
}
