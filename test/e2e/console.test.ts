/** The page in a real browser: a whole match by its buttons, with the chain away in the middle of it. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsoleMessage, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { lamportsOf, solText } from '../../services/console/sol.ts';
import { MirrorClient } from '../../services/dev/mirror-client.ts';
import type { Stack } from '../../services/dev/stack.ts';
import { type Browser, startBrowser } from './support/browser.ts';
import { ENTRY_FEE, eventually, fundPlayers, startMirror, Table, WAIT_MS } from './support/mirror.ts';

let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startMirror(), startBrowser()]);
  browser.context.setDefaultTimeout(WAIT_MS);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

/** What the page asked for, and what it complained about. */
interface Noise {
  readonly urls: string[];
  readonly complaints: string[];
}

/** That a player has no deposit yet is an answer to the page; the browser complains of its status all the same. */
function isMissingDeposit(message: ConsoleMessage): boolean {
  return message.text().includes('409') && /\/deposits\/\w+$/.test(message.location().url);
}

async function openPage(): Promise<{ readonly page: Page; readonly noise: Noise }> {
  const page = await browser.context.newPage();
  const noise: Noise = { urls: [], complaints: [] };
  page.on('request', (request) => noise.urls.push(request.url()));
  page.on('websocket', (socket) => noise.urls.push(socket.url()));
  page.on('pageerror', (error) => noise.complaints.push(error.message));
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning';
    if (isComplaint && !isMissingDeposit(message)) noise.complaints.push(message.text());
  });
  onTestFailed(async () => {
    const path = join(tmpdir(), `money-match-page-${Date.now()}.png`);
    await page.screenshot({ path, fullPage: true });
    process.stderr.write(`the page as it was: ${path}\n${noise.complaints.join('\n')}\n`);
  });
  await page.goto(stack.url);
  return { page, noise };
}

/** Until the region shows this state as the current one. */
const untilState = (page: Page, state: string): Promise<void> =>
  page.locator('.states [aria-current=true]', { hasText: new RegExp(`^${state}$`) }).waitFor();

const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name }).click();

/** A figure on the deposit card of this player, as lamports; null while it is not shown. */
async function figure(page: Page, userId: string, account: string): Promise<bigint | null> {
  const cell = page.locator(`[data-owner-of="${userId}"] [data-account="${account}"] dd`);
  if ((await cell.count()) === 0) return null;
  const lamports = lamportsOf(((await cell.textContent()) ?? '').replaceAll(/,| SOL/g, ''));
  return lamports === null ? null : BigInt(lamports);
}

async function untilFigure(page: Page, userId: string, account: string, lamports: bigint): Promise<void> {
  await eventually(
    `${account} of ${userId} is ${solText(`${lamports}`)} SOL`,
    () => figure(page, userId, account),
    (found) => found === lamports,
  );
}

const available = async (userId: string): Promise<bigint> =>
  BigInt((await new MirrorClient(stack.url, userId).deposit()).balances.available);

/** Signed once more where the first transaction dies before it lands: at this pace it lives for seconds. */
async function signUntilFinal(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name: new RegExp(`^Sign as ${name}-`) });
  const seat = page.locator('.seat[data-final=true]', { hasText: `${name}-` });
  await eventually(
    `the seat of ${name} is final`,
    async () => {
      if (await button.isVisible()) await button.click({ timeout: 1_000 });
      return await seat.count();
    },
    (count) => count === 1,
  );
}

const fund = async (page: Page): Promise<void> => {
  await press(page, /^Fund /);
  await page.getByRole('alert').filter({ hasText: '1 SOL more each' }).waitFor();
};

/** A match of both, started, with nothing on its way. */
async function playing(page: Page): Promise<void> {
  await press(page, 'Create match');
  await untilState(page, 'lobby');
  for (const player of ['alice', 'bob']) await press(page, `Join as ${player}`);
  await page.locator('.seat[data-final=true]').nth(1).waitFor();
  await press(page, 'Start');
  await untilState(page, 'playing');
  await page.getByText('Nothing waits for the chain.').waitFor();
}

/** As somebody without a mouse: Tab until the button has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name });
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    if (await button.evaluate((element) => element === element.ownerDocument.activeElement)) return;
  }
  throw new Error(`Tab never reaches "${name}"`);
}

describe('the page', () => {
  it('plays a match through an outage of the chain, and talks to this machine only', async () => {
    const { page, noise } = await openPage();
    await page.locator('#chain', { hasText: 'chain healthy' }).waitFor();
    await fund(page);
    await tabTo(page, 'Create match');
    await page.keyboard.press('Enter');
    await untilState(page, 'lobby');
    await untilState(page, 'online');

    for (const player of ['alice', 'bob']) await press(page, `Join as ${player}`);
    await page.locator('.seat[data-final=true]').nth(1).waitFor();
    expect(await page.locator('.seat-state').allTextContents()).toEqual(['final', 'final']);
    await press(page, 'Start');
    await untilState(page, 'playing');
    await page.getByText('Nothing waits for the chain.').waitFor();
    expect(await page.locator('#decided-by').textContent()).toBe('decided by the chain');

    await press(page, 'Freeze chain');
    await page.locator('#decided-by', { hasText: 'decided by the mirror' }).waitFor();
    await untilState(page, 'queued');
    await page.getByLabel('Winner').selectOption('bob');
    await press(page, 'End match');
    await page.getByRole('row', { name: 'end queued' }).waitFor();
    await page.getByText('Not settled on the chain yet.').waitFor();
    await page.locator('#told', { hasText: 'Solana cannot be reached' }).waitFor();
    await page.locator('#queue', { hasText: '1 waits for Solana' }).waitFor();
    // The operator reads why, and how the replay goes.
    const health = page.getByLabel('Health of the chain');
    await health
      .getByText(/no tip progress/)
      .first()
      .waitFor();
    await health.getByText(/^replay: \d+ under way of/).waitFor();

    await press(page, 'Thaw chain');
    await untilState(page, 'settled');
    await untilState(page, 'online');
    await page.locator('#told').waitFor({ state: 'detached' });
    await health
      .getByText(/→ healthy: /)
      .first()
      .waitFor();
    expect(await page.locator('#decided-by').textContent()).toBe('decided by the chain');
    await page.getByRole('row', { name: '1. bob 100.00 % 0.19 SOL' }).waitFor();
    await page.getByText('settled by').waitFor();

    expect(noise.complaints).toEqual([]);
    const outside = noise.urls.filter((url) => !['127.0.0.1', ''].includes(new URL(url).hostname));
    expect(outside).toEqual([]);
    expect(noise.urls.some((url) => url.startsWith('ws://127.0.0.1:'))).toBe(true);
  });

  it('calls a match off, pays everybody back, and follows a withdrawal', async () => {
    const { page, noise } = await openPage();
    await fund(page);
    const [alice, bob] = await Promise.all([available('alice'), available('bob')]);
    await untilFigure(page, 'alice', 'available', alice);

    await playing(page);
    await untilFigure(page, 'alice', 'in play', ENTRY_FEE);
    await page.getByLabel('Somebody has').selectOption('bob');
    await press(page, 'Gone');
    await page.getByText('bob forfeits the stake unless back in').waitFor();
    await press(page, 'Call off');
    await untilState(page, 'refunded');
    await page.getByRole('row', { name: 'bob 0.1 SOL' }).waitFor();
    await page.getByText("Because of: the platform's fault.").waitFor();
    await untilFigure(page, 'alice', 'available', alice);
    await untilFigure(page, 'bob', 'available', bob);

    await page.getByLabel('Amount, SOL').fill('0.25');
    await press(page, 'Withdraw');
    // What it costs beyond the amount is the program's to say.
    const row = page.getByRole('row', { name: /^withdrawal / });
    const held = await row.getByRole('cell').nth(1).textContent();
    const sol = /withdrawing \+([\d.]+)/.exec(held ?? '')?.[1] ?? '0';
    await page
      .getByRole('row', { name: /^debit / })
      .getByText(`withdrawing −${sol}`)
      .waitFor();
    expect(await figure(page, 'alice', 'withdrawing')).toBe(0n);
    expect(await figure(page, 'alice', 'available')).toBe(alice - BigInt(lamportsOf(sol) ?? 0));
    expect(Number(sol)).toBeGreaterThanOrEqual(0.25);
    expect(noise.complaints).toEqual([]);
  });

  it('takes a join back while the chain is away, and tells what cannot be taken back any more', async () => {
    const { page, noise } = await openPage();
    await fund(page);
    await press(page, 'Create match');
    await untilState(page, 'lobby');
    await untilState(page, 'online');
    await page.getByLabel('as', { exact: true }).selectOption('alice');
    await page.getByLabel('Deposit of bob').waitFor({ state: 'detached' });
    const whole = await available('alice');
    await press(page, 'Freeze chain');
    await untilState(page, 'queued');

    const seat = page.locator('.seat', { hasText: 'alice' });
    await press(page, 'Join as alice');
    await untilFigure(page, 'alice', 'held', ENTRY_FEE);
    await seat.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('alert').filter({ hasText: 'Taken back: the seat is free' }).waitFor();
    await seat.waitFor({ state: 'detached' });
    await page.getByText('alice: seat freed').first().waitFor();
    await untilFigure(page, 'alice', 'held', 0n);
    await untilFigure(page, 'alice', 'available', whole);

    await press(page, 'Withdraw');
    const open = page.getByRole('row', { name: 'withdraw queued' });
    await open.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('alert').filter({ hasText: 'spendable again' }).waitFor();
    await open.waitFor({ state: 'detached' });
    await untilFigure(page, 'alice', 'withdrawing', 0n);
    await untilFigure(page, 'alice', 'available', whole);

    // Who joins again means another join; another client of hers is quicker to take that back.
    await press(page, 'Join as alice');
    await seat.waitFor();
    await page.route('**/join/cancel', async (route) => {
      await new MirrorClient(stack.url, 'alice').post(new URL(route.request().url()).pathname, {});
      await route.continue();
    });
    await seat.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('alert').filter({ hasText: 'ended: cancelled (action_ended)' }).waitFor();
    await seat.waitFor({ state: 'detached' });
    await untilFigure(page, 'alice', 'available', whole);
    await press(page, 'Thaw chain');
    await untilState(page, 'online');
    expect(noise.complaints).toEqual([expect.stringContaining('409')]);
  });

  it('signs for a wallet of its own where the wallet pays', async () => {
    const { page, noise } = await openPage();
    await press(page, /^Fill wallets/);
    await page.getByRole('alert').filter({ hasText: 'play money' }).waitFor();
    await page.getByLabel('Paid from').selectOption('WALLET');
    await press(page, 'Create match');
    await page.locator('#payment', { hasText: 'WALLET' }).waitFor();
    await untilState(page, 'online');
    for (const player of ['alice', 'bob']) await press(page, `Join as ${player}`);
    await page.getByText('waits for the wallet').first().waitFor();
    await signUntilFinal(page, 'alice');

    const viewer = page.getByLabel('as', { exact: true });
    await viewer.selectOption((await viewer.locator('option', { hasText: /^bob-/ }).textContent()) ?? '');
    await page.getByLabel(/^Transaction, base64/).waitFor();
    await press(page, 'Sign here');
    await page.getByText('Your wallet is asked to sign').waitFor({ state: 'detached' });
    await signUntilFinal(page, 'bob');
    expect(noise.complaints).toEqual([]);
  });

  it('says what is wrong where something is', async () => {
    const { page } = await openPage();
    await press(page, 'Start');
    await page.getByRole('alert').filter({ hasText: 'Create or watch a match first.' }).waitFor();
    await page.getByLabel('Entry fee, SOL').fill('0,1');
    await press(page, 'Create match');
    await page.getByRole('alert').filter({ hasText: 'a decimal number of SOL' }).waitFor();
    await page.getByLabel('Match id').fill('11111111-2222-4333-8444-555555555555');
    await press(page, 'Watch');
    await page.getByRole('alert').filter({ hasText: 'no match has this id' }).waitFor();
  });

  it('shows what players call themselves as text, whatever it is', async () => {
    const { page, noise } = await openPage();
    const name = '<img src=x onerror=alert(1)>';
    const table = new Table(stack);
    await fundPlayers(stack, [name], 1_000_000_000n);
    expect(await table.create()).toMatchObject({ status: 201 });
    expect(await table.join(name)).toMatchObject({ status: 200 });
    await page.goto(`${stack.url}/#${table.matchId}`);
    await page.reload();
    await page.locator('.seat', { hasText: name }).waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(noise.complaints).toEqual([]);
  });
});
