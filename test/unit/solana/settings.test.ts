import { describe, expect, it } from 'vitest';
import { type CustodyBindings, custodyInput } from '../../../services/host/custody-bindings.ts';
import { DerivedCustody } from '../../../services/solana/custody.ts';
import { SolanaError } from '../../../services/solana/errors.ts';
import { parseSettings } from '../../../services/solana/settings.ts';
import { Signers } from '../../../services/solana/signers.ts';
import { COORDINATOR, keypair, SETTINGS, secretText } from './fixtures.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SolanaError) return error.code;
    throw error;
  }
  return 'accepted';
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return String((error as Error).message);
  }
  return '';
}

const parse = (changes: object) => () => parseSettings({ ...SETTINGS, ...changes });

describe('settings', () => {
  it('fills in the time limit and two witnesses where none are given', () => {
    const { timeoutMs: _, ...rest } = SETTINGS;
    const parsed = parseSettings(rest);
    expect([parsed.timeoutMs, parsed.absenceProviders, parsed.development]).toEqual([5_000, 2, false]);
  });

  it('fills in what is asked of a provider, how long one may be silent, and two witnesses where there are two', () => {
    const parsed = parseSettings({
      ...SETTINGS,
      providers: [{ ...SETTINGS.providers[0], requestsPerSecond: 20, burst: 50 }, SETTINGS.providers[1]],
    });
    expect(parsed.providers).toMatchObject([
      { requestsPerSecond: 20, burst: 50 },
      { requestsPerSecond: 1_000 },
    ]);
    expect([parsed.hedgeMs, parsed.readWitnesses]).toEqual([500, 2]);
    const alone = { providers: SETTINGS.providers.slice(0, 1), absenceProviders: 1, development: true };
    expect(parseSettings({ ...SETTINGS, ...alone }).readWitnesses).toBe(1);
    expect(parseSettings({ ...SETTINGS, readWitnesses: 1, hedgeMs: 0 })).toMatchObject({
      readWitnesses: 1,
      hedgeMs: 0,
    });
  });

  it.each([
    { readWitnesses: 3 },
    { readWitnesses: 0 },
    { hedgeMs: -1 },
    { providers: SETTINGS.providers.map((one) => ({ ...one, requestsPerSecond: 0 })) },
    { providers: SETTINGS.providers.map((one) => ({ ...one, burst: 0.5 })) },
  ])('refuses %j', (changes) => {
    expect(codeOf(parse(changes))).toBe('settings_invalid');
  });

  it('refuses fewer than two providers outside development', () => {
    const one = { providers: SETTINGS.providers.slice(0, 1) };
    expect(codeOf(parse(one))).toBe('too_few_providers');
    expect(codeOf(parse({ ...one, absenceProviders: 1 }))).toBe('too_few_providers');
    expect(codeOf(parse({ ...one, absenceProviders: 1, development: true }))).toBe('accepted');
  });

  it('counts one endpoint under two names as one witness', () => {
    const url = 'https://a.test/';
    const providers = [
      { name: 'a', url },
      { name: 'b', url },
    ];
    expect(codeOf(parse({ providers }))).toBe('settings_invalid');
  });

  it('refuses providers without TLS outside development', () => {
    const providers = SETTINGS.providers.map(({ name }) => ({ name, url: `http://${name}.test/` }));
    expect(codeOf(parse({ providers }))).toBe('settings_invalid');
    expect(codeOf(parse({ providers, development: true }))).toBe('accepted');
  });

  it.each([
    ['an unknown field', { extra: 1 }],
    ['a program id that is not a key', { programId: 'abc' }],
    ['a cluster of 31 bytes', { cluster: '4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLK' }],
    ['no coordinator', { coordinatorSecrets: [] }],
    ['a custody secret under 32 bytes', { custodySecret: '00112233' }],
    ['a custody secret in upper case', { custodySecret: 'AB'.repeat(32) }],
    ['a custody secret of one repeated byte', { custodySecret: '00'.repeat(32) }],
    ['a time limit of zero', { timeoutMs: 0 }],
    ['a provider that is no web address', { providers: [{ name: 'a', url: 'ftp://a' }] }],
  ])('refuses %s', (_, changes) => {
    expect(codeOf(parse(changes))).toBe('settings_invalid');
  });

  it('takes a signing service in place of the secret', () => {
    const { custodySecret: _, ...rest } = SETTINGS;
    const signer = { url: 'https://hsm.test/custody/', token: 'x'.repeat(16) };
    expect(parseSettings({ ...rest, custodySigner: signer }).custody).toEqual({
      kind: 'remote',
      url: 'https://hsm.test/custody',
      token: signer.token,
      timeoutMs: 5_000,
    });
    expect(parseSettings(SETTINGS).custody).toEqual({ kind: 'derived', secret: SETTINGS.custodySecret });
  });

  describe('of a signing service', () => {
    const token = 'x'.repeat(16);
    const given = (url: string, changes: object = {}) =>
      codeOf(parse({ custodySecret: undefined, custodySigner: { url, token }, ...changes }));

    it('refuse it beside a secret, and neither of the two', () => {
      expect(given('https://hsm.test', { custodySecret: SETTINGS.custodySecret })).toBe('settings_invalid');
      expect(codeOf(parse({ custodySecret: undefined }))).toBe('settings_invalid');
    });

    it.each([
      'http://hsm.test',
      'http://10.0.0.1',
      'http://127.0.0.1.nip.test',
      'https://user:pass@hsm.test',
      'https://hsm.test/?key=1',
      'https://hsm.test/#a',
      'ftp://hsm.test',
      'hsm.test',
      '',
    ])('refuse the address "%s"', (url) => {
      expect(given(url)).toBe('settings_invalid');
      expect(given(url, { development: true })).toBe('settings_invalid');
    });

    it('take loopback without TLS in development, and nowhere else', () => {
      for (const url of ['http://127.0.0.1:9000', 'http://localhost:9000/v1', 'http://[::1]:9000']) {
        expect(given(url)).toBe('settings_invalid');
        expect(given(url, { development: true })).toBe('accepted');
      }
    });

    it.each(['', 'short', 'x'.repeat(513), `${'x'.repeat(20)}\r\nhost: evil`, `${'x'.repeat(20)} y`])(
      'refuse the token "%s"',
      (bad) => {
        const custodySigner = { url: 'https://hsm.test', token: bad };
        expect(codeOf(parse({ custodySecret: undefined, custodySigner }))).toBe('settings_invalid');
      },
    );
  });

  describe('of the Worker’s bindings', () => {
    const URL_AND_TOKEN = { CUSTODY_SIGNER_URL: 'https://hsm.test', CUSTODY_SIGNER_TOKEN: 'x'.repeat(16) };
    const given = (bindings: CustodyBindings) =>
      codeOf(() => parseSettings({ ...SETTINGS, custodySecret: undefined, ...custodyInput(bindings) }));

    it('take either source of keys', () => {
      expect(given({ CUSTODY_SECRET: SETTINGS.custodySecret })).toBe('accepted');
      expect(given(URL_AND_TOKEN)).toBe('accepted');
      expect(given({ ...URL_AND_TOKEN, CUSTODY_SIGNER_TIMEOUT_MS: '200' })).toBe('accepted');
    });

    it.each<[string, CustodyBindings]>([
      ['nothing', {}],
      ['both', { ...URL_AND_TOKEN, CUSTODY_SECRET: SETTINGS.custodySecret }],
      ['an empty secret', { CUSTODY_SECRET: '' }],
      ['an empty secret beside a service', { ...URL_AND_TOKEN, CUSTODY_SECRET: '' }],
      ['a service without its token', { CUSTODY_SIGNER_URL: 'https://hsm.test' }],
      ['a token without its service', { CUSTODY_SIGNER_TOKEN: 'x'.repeat(16) }],
      ['a secret and half a service', { CUSTODY_SECRET: SETTINGS.custodySecret, CUSTODY_SIGNER_URL: '' }],
      ['a time limit that is no number', { ...URL_AND_TOKEN, CUSTODY_SIGNER_TIMEOUT_MS: 'soon' }],
    ])('refuse %s', (_, bindings) => {
      expect(given(bindings)).toBe('settings_invalid');
    });
  });

  it('never repeats a secret in its refusals', () => {
    const secret = 'DEADBEEF'.repeat(9);
    const signer = { custodySecret: undefined, custodySigner: { url: 'https://a', token: `${secret} ` } };
    const messages = [{ custodySecret: secret }, { coordinatorSecrets: [`${secret}0`] }, signer].map(
      (changes) => messageOf(parse(changes)),
    );
    expect(messages).toEqual([
      expect.stringMatching(/^settings_invalid: custodySecret/),
      expect.stringMatching(/^settings_invalid: coordinatorSecrets/),
      expect.stringMatching(/^settings_invalid: custodySigner.token/),
    ]);
    expect(messages.join()).not.toContain('DEADBEEF');
  });

  it('refuses a coordinator key whose halves do not belong together', () => {
    const mixed = COORDINATOR.secretKey.slice();
    mixed.set(keypair(9).publicKey.toBytes(), 32);
    const text = secretText({ secretKey: mixed } as typeof COORDINATOR);
    const parsed = parseSettings({ ...SETTINGS, coordinatorSecrets: [text] });
    expect(codeOf(() => new Signers(parsed, new DerivedCustody(SETTINGS.custodySecret)))).toBe(
      'secret_invalid',
    );
  });
});
