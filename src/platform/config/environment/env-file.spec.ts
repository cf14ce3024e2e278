import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseEnvFile } from './env-file.js';
import { KNOWN_VARIABLES, probablyMeant } from './known-variables.js';

const parse = (text: string) => parseEnvFile(Buffer.from(text));

describe('parseEnvFile', () => {
  it.each([
    ['an empty file', '', {}],
    ['only comments and empty lines', '# a\n\n   \n  # b\n', {}],
    [
      'a byte order mark',
      '\uFEFFNODE_ENV=production\nPORT=1\n',
      { NODE_ENV: 'production', PORT: '1' },
    ],
    ['CRLF', 'PORT=1\r\nHOST=::1\r\n', { PORT: '1', HOST: '::1' }],
    ['CR', 'PORT=1\rHOST=::1\r', { PORT: '1', HOST: '::1' }],
    ['no line end at the end', 'PORT=1', { PORT: '1' }],
    ['export', 'export PORT=1\n  export\tHOST=::1\n', { PORT: '1', HOST: '::1' }],
    ['spaces', '  PORT  =  1  \n', { PORT: '1' }],
    ['an empty value', 'PORT=\nHOST=\n', { PORT: '', HOST: '' }],
    ['an empty quoted value', 'PORT=""\nHOST=\'\'\n', { PORT: '', HOST: '' }],
    ['quotes', 'A="a b"\nB=\'c d\'\nC=`e f`\n', { A: 'a b', B: 'c d', C: 'e f' }],
    ['spaces inside quotes', 'A="  a  "\n', { A: '  a  ' }],
    ['# inside quotes', 'A="a#b"\nB=\'#c\'\n', { A: 'a#b', B: '#c' }],
    ['a comment after a value', 'PORT=1 # the port\nA="b" # c\n', { PORT: '1', A: 'b' }],
    ['= inside a value', 'SMTP_URL=smtp://a:b=@c\n', { SMTP_URL: 'smtp://a:b=@c' }],
    ['several lines in quotes', 'A="b\nc"\nPORT=1\n', { A: 'b\nc', PORT: '1' }],
    ['an escaped line end', 'A="b\\nc"\nB=\'b\\nc\'\n', { A: 'b\nc', B: 'b\\nc' }],
    ['names of other programs', 'POSTGRES_PASSWORD=a\n', { POSTGRES_PASSWORD: 'a' }],
    [
      'other alphabets',
      'MAIL_FROM="Парковка <a@b.example>"\n',
      { MAIL_FROM: 'Парковка <a@b.example>' },
    ],
  ])('reads %s without a warning', (_, text, variables) => {
    expect(parse(text)).toEqual({ variables, warnings: [] });
  });

  it.each([
    ['a name of VPMS that is unknown', 'A=1\nVPMS_PORT=5\n', 'line 2: VPMS_PORT is not a variable'],
    ['lower case', 'port=5\n', 'line 1: port is ignored; it probably means PORT'],
    ['mixed case', 'Jwt_Secret=5\n', 'line 1: Jwt_Secret is ignored; it probably means JWT_SECRET'],
    ['a wrong letter', 'PORK=5\n', 'line 1: PORK is ignored; it probably means PORT'],
    [
      'a missing letter',
      '\nJWT_SECRT=5\n',
      'line 2: JWT_SECRT is ignored; it probably means JWT_SECRET',
    ],
    [
      'an extra letter',
      'CURRRENCY=5\n',
      'line 1: CURRRENCY is ignored; it probably means CURRENCY',
    ],
    [
      'swapped letters',
      'TIMEZOEN=UTC\n',
      'line 1: TIMEZOEN is ignored; it probably means TIMEZONE',
    ],
    ['a duplicate', 'PORT=1\nHOST=a\nPORT=2\n', 'line 3: PORT is set again and replaces line 1'],
    ['a line without =', 'PORT=1\nHOST localhost\n', 'line 2: has no "=" and is ignored'],
    ['export without =', 'export PORT\n', 'line 1: has no "=" and is ignored'],
    ['no name', '=5\n', 'line 1: "" is not a name'],
    ['a name with a space', 'MY PORT=5\n', 'line 1: "MY PORT" is not a name'],
    ['YAML', 'PORT: 5\n', 'line 1: has no "=" and is ignored'],
    [
      '# in a value',
      'ADMIN_PASSWORD=ab#cd\n',
      'line 1: the value of ADMIN_PASSWORD ends before "#"',
    ],
    [
      '# before a word',
      'ADMIN_PASSWORD=ab #cd\n',
      'line 1: the value of ADMIN_PASSWORD ends before "#"',
    ],
    [
      '# at the beginning',
      'ADMIN_PASSWORD=#cd\n',
      'line 1: the value of ADMIN_PASSWORD ends before "#"',
    ],
    ['# at the end', 'ADMIN_PASSWORD=cd#\n', 'line 1: the value of ADMIN_PASSWORD ends before "#"'],
    ['an open quote', 'A="b\nPORT=1\n', 'line 1: the quote of A is not closed'],
    ['text after quotes', 'A="b"c\n', 'line 1: the text after the quoted value of A is ignored'],
    ['a line after a long value', 'A="b\nc\nd"\nPROT=1\n', 'line 4: PROT is ignored'],
    ['a line after CRLF', 'A=1\r\n\r\nPROT=1\r\n', 'line 3: PROT is ignored'],
  ])('warns of %s', (_, text, warning) => {
    const { warnings } = parse(text);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(warning);
  });

  it('cuts an unquoted value at #, as Node does', () => {
    expect(parse('ADMIN_PASSWORD=ab#cd\n').variables).toEqual({ ADMIN_PASSWORD: 'ab' });
  });

  it.each([
    'A=1\nB="x y"\nC=\'z\'\n',
    'export A=1\nB = 2 # c\n',
    'A="b\nc"\nD=`e`\n',
    'A="b\\nc"\nB=a=b\n',
    'A=\nB=""\nC=c\n',
  ])('returns the same values as Node for %j', (text) => {
    expect(parse(text).variables).toEqual({ ...parseEnv(text) });
  });

  it.each(['\uFEFFPORT=1\n', 'PORT=1\n'])('refuses UTF-16: %j', (text) => {
    expect(() => parseEnvFile(Buffer.from(text, 'utf16le'))).toThrow(TypeError);
    expect(() => parseEnvFile(Buffer.from(text, 'utf16le').swap16())).toThrow(TypeError);
  });
});

describe('probablyMeant', () => {
  it('returns nothing for a name that the program reads, or that is not similar to one', () => {
    for (const name of KNOWN_VARIABLES) expect(probablyMeant(name)).toBeUndefined();
    for (const name of ['PATH', 'HOME', 'P', 'POSTGRES_PASSWORD', 'NODE_OPTIONS', 'LANG', 'TZ']) {
      expect(probablyMeant(name)).toBeUndefined();
    }
  });

  it.each(KNOWN_VARIABLES)('recognizes every single typing error in %s', (name) => {
    for (let index = 0; index < name.length; index += 1) {
      const [before, after] = [name.slice(0, index), name.slice(index + 1)];
      const typos = [`${before}${after}`, `${before}~${after}`, `${before}~${name.slice(index)}`];
      const next = after[0];
      if (next !== undefined && next !== name[index]) {
        typos.push(`${before}${next}${name[index] ?? ''}${after.slice(1)}`);
      }
      for (const typo of typos) expect([typo, probablyMeant(typo)]).not.toContain(undefined);
    }
  });
});
