import 'reflect-metadata';
import { inspect } from 'node:util';
import { Account } from '../../auth/accounts/account.entity.js';
import { AdminPasswordRule } from '../../auth/passwords/admin-password-rule.js';
import { AccountLink } from '../../auth/links/account-link.entity.js';
import { Passwords } from '../../auth/passwords/passwords.js';
import { isPassword } from '../../auth/passwords/password-rule.js';
import type { Configuration } from '../../platform/config/configuration.js';
import { readConfiguration } from '../../platform/config/read-configuration.js';
import { readEnvironment } from '../../platform/config/environment/read-environment.js';
import { CodedError } from '../../platform/errors/coded-error.js';
import { StartError } from '../../platform/errors/start-error.js';
import { Clock } from '../../platform/time/clock.js';
import { openTransactions } from '../open-transactions.js';
import { assertNewAdmin, createAdmin, enableAdmin, resetPassword } from './admin-commands.js';
import { AdminRefused } from './admin-refused.js';
import { readPassword } from './read-password.js';

const USAGE = `Usage: npm run admin -- create NAME EMAIL
       npm run admin -- reset-password NAME
       npm run admin -- enable NAME

create and reset-password prompt for the password, or read it from the first line of standard input.`;

async function main(): Promise<void> {
  const [command, username = '', email = ''] = readArguments();
  const configuration = readConfiguration(readEnvironment());
  if (command === 'create') assertNewAdmin(username, email);
  const passwordHash = command === 'enable' ? '' : await readPasswordHash(configuration, username);
  await using opened = await openTransactions(configuration.database, [Account, AccountLink]);
  const context = {
    transactions: opened.transactions,
    now: new Clock().now(),
    isMailConfigured: configuration.smtpUrl !== undefined,
  };
  if (command === 'create') {
    await createAdmin(context, { username, email, passwordHash });
    process.stdout.write(`Created the operator ${username}.\n`);
  } else if (command === 'enable') {
    await enableAdmin(context, username);
    process.stdout.write(`The operator ${username} is enabled.\n`);
  } else {
    const { disabledAt } = await resetPassword(context, username, passwordHash);
    const hint = disabledAt ? ` The account is disabled: npm run admin -- enable ${username}` : '';
    process.stdout.write(`The password is set, and all sessions have ended.${hint}\n`);
  }
}

/** The command and its arguments. @throws AdminRefused with the usage */
function readArguments(): readonly string[] {
  const words = process.argv.slice(2);
  const counts: ReadonlyMap<string, number> = new Map([
    ['create', 3],
    ['reset-password', 2],
    ['enable', 2],
  ]);
  if (words.length !== counts.get(words[0] ?? '')) throw new AdminRefused(USAGE);
  return words;
}

/** @throws AdminRefused for a password that the API would not accept */
async function readPasswordHash(configuration: Configuration, username: string): Promise<string> {
  const password = await readPassword(process.stdin, process.stderr);
  const { passwordMinLength } = configuration;
  if (!isPassword(password, passwordMinLength)) {
    throw new AdminRefused(`The password must have ${passwordMinLength} to 128 characters.`);
  }
  new AdminPasswordRule(configuration).assertUncommon('The password', password, username);
  return new Passwords().hash(password);
}

main().catch((error: unknown) => {
  const isExpected = [AdminRefused, CodedError, StartError].some((type) => error instanceof type);
  process.stderr.write(
    `${isExpected && error instanceof Error ? error.message : inspect(error)}\n`,
  );
  process.exitCode = 1;
});
