/**
 * The passwords that attackers try first: the default of VPMS, NordPass's first 100 of 2023
 * and the first 100 of `xato-net-10-million-passwords` (both in
 * https://github.com/danielmiessler/SecLists, Passwords/Common-Credentials), then variants of them.
 */
export const COMMON_PASSWORDS: readonly string[] = (
  'admin123 123456 admin 12345678 123456789 1234 12345 password 123 Aa123456 1234567890 ' +
  '1234567 123123 111111 Password 12345678910 000000 user 1111 P@ssw0rd root 654321 qwerty ' +
  'Pass@123 112233 102030 ubnt abc123 Aa@123456 abcd1234 1q2w3e4r 123321 err qwertyuiop ' +
  '87654321 987654321 Eliska81 123123123 11223344 demo 12341234 qwerty123 Admin@123 1q2w3e4r5t ' +
  '11111111 pass Demo@123 azerty admintelecom Admin 123meklozed 666666 121212 1234qwer ' +
  'admin@123 1qaz2wsx 123456789a Aa112233 asdfghjkl Password1 888888 admin1 test Aa123456@ ' +
  'asd123 qwer1234 123qwe 202020 asdf1234 Abcd@1234 banned 12344321 aa123456 1122334455 ' +
  'Abcd1234 guest 88888888 Admin123 secret 1122 admin1234 administrator Password@123 q1w2e3r4 ' +
  '10203040 a123456 12345678a 555555 zxcvbnm welcome Abcd@123 Welcome@123 minecraft 101010 ' +
  'Pass@1234 123654 123456a India@123 dragon baseball football monkey letmein 696969 shadow ' +
  'master mustang michael pussy superman 7777777 fuckyou qazwsx killer trustno1 jordan ' +
  'jennifer asdfgh hunter buster soccer harley batman andrew tigger sunshine iloveyou fuckme ' +
  '2000 charlie robert thomas hockey ranger daniel starwars klaster george asshole computer ' +
  'michelle jessica pepper zxcvbn 131313 freedom 777777 fuck maggie 159753 aaaaaa ginger ' +
  'princess joshua cheese amanda summer love ashley 6969 nicole chelsea biteme matthew access ' +
  'yankees dallas austin thunder taylor 0123456789 password1 password123 welcome1 Test@123 ' +
  'test123 test1234 whatever changeme passw0rd 11111 hunter2 matrix william corvette martin ' +
  'heather merlin diamond hello'
).split(' ');

const COMMON: ReadonlySet<string> = new Set(COMMON_PASSWORDS);

export function isCommonPassword(password: string): boolean {
  return COMMON.has(password);
}
