/** The page in a real browser: a whole match by its buttons, with the chain away in the middle of it. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { Stack } from '../../services/dev/stack.ts';
import { type Browser, startBrowser } from './support/browser.ts';
import { fundPlayers, startMirror, Table, WAIT_MS } from './support/mirror.ts';

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

async function openPage(): Promise<{ readonly page: Page; readonly noise: Noise }> {
  const page = await browser.context.newPage();
  const noise: Noise = { urls: [], complaints: [] };
  page.on('request', (request) => noise.urls.push(request.url()));
  page.on('websocket', (socket) => noise.urls.push(socket.url()));
  page.on('pageerror', (error) => noise.complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') noise.complaints.push(message.text());
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
    await press(page, /^Fund /);
    await page.getByRole('alert').filter({ hasText: '1 SOL more each' }).waitFor();

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

    await press(page, 'Thaw chain');
    await untilState(page, 'settled');
    await untilState(page, 'online');
    expect(await page.locator('#decided-by').textContent()).toBe('decided by the chain');
    await page.getByRole('row', { name: '1. bob 100.00 % 0.19 SOL' }).waitFor();
    await page.getByText('settled by').waitFor();

    expect(noise.complaints).toEqual([]);
    const outside = noise.urls.filter((url) => !['127.0.0.1', ''].includes(new URL(url).hostname));
    expect(outside).toEqual([]);
    expect(noise.urls.some((url) => url.startsWith('ws://127.0.0.1:'))).toBe(true);
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
