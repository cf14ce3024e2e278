import { describe, expect, it } from 'vitest';
import { CURRENCIES, currencyDecimals } from './currencies.js';

const ISO_DECIMALS = {
  0: 'JPY KRW VND CLP ISK UGX XAF XOF XPF PYG RWF KMF',
  2:
    'INR EUR USD IDR COP HUF PKR RSD AFN ALL IRR KPW LAK LBP MMK SOS SYP YER MGA TWD CRC CZK NOK ' +
    'SEK DKK UZS TZS MUR MNT GYD CVE STN',
  3: 'IQD KWD BHD JOD OMR TND LYD',
  4: 'CLF UYW',
};

describe('currencyDecimals', () => {
  it.each(
    Object.entries(ISO_DECIMALS).flatMap(([decimals, codes]) =>
      codes.split(' ').map((code) => [code, Number(decimals)] as const),
    ),
  )('returns the decimals of ISO 4217 for %s: %i', (code, decimals) => {
    expect(currencyDecimals(code)).toBe(decimals);
  });

  it.each(['', 'inr', 'XXX', 'XTS', 'XAU', 'XDR', 'DEM', 'ABC'])('throws for %j', (code) => {
    expect(() => currencyDecimals(code)).toThrow(TypeError);
  });
});

describe('CURRENCIES', () => {
  it('lists exactly the currencies of ISO 4217 that do not have two decimals', () => {
    const others = [...CURRENCIES].filter(([, decimals]) => decimals !== 2).map(([code]) => code);
    expect(others.sort().join(' ')).toBe(
      'BHD BIF CLF CLP DJF GNF IQD ISK JOD JPY KMF KRW KWD LYD OMR PYG RWF TND UGX UYI UYW VND VUV ' +
        'XAF XOF XPF',
    );
  });
});
