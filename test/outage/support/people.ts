/** Who acts in an outage, and what each of them must have at every moment, to the lamport. */
import { type ConfigAccount, decodeConfig, decodeUserDeposit } from '../../../core/index.ts';
import { MirrorClient } from '../../../services/dev/mirror-client.ts';
import type { Stack } from '../../../services/dev/stack.ts';
import { Wallet } from '../../../services/dev/wallet.ts';
import { MATCH_PROGRAM_ID } from '../../../services/local-chain/index.ts';
import { PdaTable } from '../../../services/solana/pda.ts';
import { eventually } from '../../e2e/support/mirror.ts';

/** A prize in two transactions needs nine winners by deposit and a match hash (design: section 4). */
export const SEATS = 9;
const SOL = 1_000_000_000n;
const FUNDS = 5n * SOL;

const pdas = new PdaTable(MATCH_PROGRAM_ID);

export class Person extends MirrorClient {
  readonly userId: string;
  readonly wallet: Wallet;
  #deposit: string | null = null;

  constructor(url: string, userId: string, wallet = new Wallet()) {
    super(url, userId, 'player', wallet.address);
    this.userId = userId;
    this.wallet = wallet;
  }

  /** Address of the account that holds their money. */
  async account(): Promise<string> {
    this.#deposit ??= pdas.derive('deposit', (await this.deposit()).authority).address;
    return this.#deposit;
  }
}

/** Nine who play, one who pays in from a wallet, one who takes out to one. All known to the mirror and funded. */
export class People {
  readonly stack: Stack;
  readonly operator: MirrorClient;
  readonly players: readonly Person[];
  readonly depositor: Person;
  readonly withdrawer: Person;
  readonly config: ConfigAccount;
  /** Lamports that each account must have, by what is in the title. */
  readonly #expected = new Map<string, { readonly address: string; lamports: bigint }>();

  private constructor(stack: Stack) {
    const person = (userId: string): Person => new Person(stack.url, userId);
    this.stack = stack;
    this.operator = new MirrorClient(stack.url, 'operator', 'operator');
    this.players = Array.from({ length: SEATS }, (_, index) => person(`player-${index}`));
    this.depositor = person('depositor');
    this.withdrawer = person('withdrawer');
    const config = stack.chain.chain.getAccount(pdas.derive('config').address, 'finalized');
    this.config = decodeConfig(config?.data ?? new Uint8Array());
  }

  /** Needs a chain without faults. */
  static async gather(stack: Stack): Promise<People> {
    const people = new People(stack);
    const { everyone, operator, depositor, withdrawer } = people;
    const { chain } = stack.chain;
    for (const { wallet } of [depositor, withdrawer]) chain.airdrop(wallet.address, FUNDS);
    await Promise.all(
      everyone.map(({ userId, wallet }) =>
        operator.develop('/dev/fund', { userId, lamports: `${FUNDS}`, wallet: wallet.address }),
      ),
    );
    await eventually(
      'the monitor says healthy',
      () => operator.chain(),
      ({ state }) => state === 'healthy',
    );
    for (const person of everyone) await people.#know(person);
    const { treasuryMultisig: treasury } = people.config;
    const lamports = chain.getBalance(treasury, 'finalized');
    people.#expected.set('treasury', { address: treasury, lamports });
    return people;
  }

  get everyone(): readonly Person[] {
    return [...this.players, this.depositor, this.withdrawer];
  }

  player(index: number): Person {
    const found = this.players[index];
    if (found === undefined) throw new RangeError(`no player ${index}`);
    return found;
  }

  /** What an acknowledged action will have done once it has ended. */
  owe(changes: { readonly [title: string]: bigint }): void {
    for (const [title, change] of Object.entries(changes)) {
      const entry = this.#expected.get(title);
      if (entry === undefined) throw new RangeError(`nobody called ${title}`);
      entry.lamports += change;
    }
  }

  /** Titles whose figure is another than it must be, read at `finalized` past the mirror. */
  off(): readonly string[] {
    return [...this.#expected].flatMap(([title, { address, lamports }]) => {
      const found = this.#found(title, address);
      return found === lamports ? [] : [`${title}: ${found} is not ${lamports} (${found - lamports})`];
    });
  }

  /** A wallet and the treasury are what is on them; a deposit is what its account says is available. */
  #found(title: string, address: string): bigint {
    const { chain } = this.stack.chain;
    if (title === 'treasury' || title.startsWith('wallet of ')) return chain.getBalance(address, 'finalized');
    return decodeUserDeposit(chain.getAccount(address, 'finalized')?.data ?? new Uint8Array()).available;
  }

  async #know(person: Person): Promise<void> {
    const { userId, wallet } = person;
    const inDeposit = { address: await person.account(), lamports: FUNDS };
    this.#expected.set(userId, inDeposit);
    const lamports = this.stack.chain.chain.getBalance(wallet.address, 'finalized');
    this.#expected.set(`wallet of ${userId}`, { address: wallet.address, lamports });
  }
}
