/**
 * The currencies of ISO 4217 by their number of decimals.
 *
 * Source: ISO 4217, list one, as maintained by SIX
 * (https://www.six-group.com/en/products-services/financial-information/data-standards.html), as of 1
 * January 2026. The list equals that of https://github.com/datasets/currency-codes, except for two newer
 * changes: the Arab accounting dinar (XAD, new) and the Bulgarian lev (BGN, withdrawn). Left out are the
 * codes without a minor unit: metals, units of account and test codes. Node's own data is unsuitable: it
 * comes from Unicode's CLDR, deviates from ISO 4217, and changes with Node.
 */
const CODES_BY_DECIMALS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD ' +
    'CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS ' +
    'GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD ' +
    'LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB ' +
    'PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP ' +
    'SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/**
 * Currencies withdrawn since 2020, with the decimals of ISO 4217's list three. They are accepted,
 * because installations have amounts in them.
 */
const WITHDRAWN: readonly (readonly [string, number])[] = [
  ['ANG', 2],
  ['BGN', 2],
  ['CUC', 2],
  ['HRK', 2],
  ['SLL', 2],
  ['ZWL', 2],
];

/** Decimals by ISO 4217 code. */
export const CURRENCIES: ReadonlyMap<string, number> = new Map([
  ...Object.entries(CODES_BY_DECIMALS).flatMap(([decimals, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(decimals)]),
  ),
  ...WITHDRAWN,
]);

/** The number of decimals: 2 for INR, 0 for JPY, 3 for KWD. @throws TypeError for an unknown code */
export function currencyDecimals(code: string): number {
  const decimals = CURRENCIES.get(code);
  if (decimals === undefined) throw new TypeError(`${code} is not a currency of ISO 4217`);
  return decimals;
}
