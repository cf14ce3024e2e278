import { readFileSync } from 'node:fs';

/** Linux counts CPU for programs in hundredths of a second, whatever its own clock does. */
const TICKS_PER_SECOND = 100;

/** CPU of all threads of the process, in seconds; NaN where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  const stat = readProc(pid, 'stat');
  // The name in the second field may hold spaces and brackets; from the third on all are numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]];
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** Null where there is no /proc. */
export function residentMebibytesOf(pid: number): number | null {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readProc(pid, 'status'))?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) / 1024;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
