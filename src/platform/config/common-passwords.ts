/**
 * The passwords that attackers try first, the likeliest ones first: those of NordPass's list of 2023
 * (https://nordpass.com/most-common-passwords-list/), the default of VPMS, and the first 100 of
 * SecLists' `xato-net-10-million-passwords`, as the package `@zxcvbn-ts/language-common` ranks them.
 */
export const COMMON_PASSWORDS: readonly string[] = (
  'admin123 123456 admin 12345678 123456789 1234 12345 password 123 Aa123456 1234567890 1234567 ' +
  '123123 111111 Password 12345678910 000000 user 1111 P@ssw0rd root 654321 qwerty Pass@123 112233 ' +
  '102030 abc123 Aa@123456 abcd1234 1q2w3e4r 123321 qwertyuiop 87654321 987654321 123123123 11223344 ' +
  'demo 12341234 qwerty123 Admin@123 1q2w3e4r5t 11111111 pass Demo@123 azerty admintelecom Admin ' +
  '666666 0123456789 121212 1234qwer admin@123 1qaz2wsx 123456789a Aa112233 asdfghjkl Password1 ' +
  'password1 password123 888888 admin1 test asd123 qwer1234 123qwe asdf1234 Abcd@1234 aa123456 Abcd1234 ' +
  'guest 88888888 Admin123 secret 1122334455 admin1234 administrator Password@123 q1w2e3r4 10203040 ' +
  'a123456 12345678a 555555 zxcvbnm welcome welcome1 Abcd@123 Welcome@123 minecraft 101010 Pass@1234 ' +
  '123654 123456a India@123 Test@123 test123 test1234 letmein iloveyou dragon baseball football ' +
  'monkey shadow master superman michael mustang trustno1 sunshine princess starwars whatever changeme ' +
  'passw0rd qazwsx 696969 777777 7777777 11111 charlie jordan hunter2 computer freedom ' +
  'pussy fuckyou jennifer killer hunter harley asdfgh buster andrew batman soccer tigger robert ' +
  'thomas fuckme ranger daniel hockey george michelle jessica asshole pepper klaster zxcvbn joshua ' +
  'maggie ginger 131313 fuck amanda ashley love cheese 159753 nicole summer matthew chelsea dallas ' +
  'biteme matrix william yankees 6969 taylor corvette austin access martin heather thunder merlin ' +
  'diamond hello'
).split(' ');

const COMMON: ReadonlySet<string> = new Set(COMMON_PASSWORDS);

export function isCommonPassword(password: string): boolean {
  return COMMON.has(password);
}
