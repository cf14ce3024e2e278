import { readFileSync } from 'node:fs';

/** Linux reports CPU time in /proc in hundredths of a second, independent of the kernel's timer. */
const TICKS_PER_SECOND = 100;

/** CPU time of all threads of the process, in seconds; NaN without /proc. */
export function cpuSecondsOf(pid: number): number {
  const stat = readProc(pid, 'stat');
  // The second field, the name, may contain spaces and brackets, so split after its last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]];
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** Resident memory of the process, in MiB; null without /proc. */
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
