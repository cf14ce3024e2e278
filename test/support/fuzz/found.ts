import type { Answer } from '../http/http-client.js';
import { SOME_ID } from './addresses.js';
import type { Caller, FuzzRequest } from './requests.js';
import { SOME_TASK } from './values.js';

/** What the program has made for each caller, so that some requests are about what is there. */
export class Found {
  private readonly ids = new Map<Caller, number>();
  private readonly tasks = new Map<Caller, string>();

  note(caller: Caller, { status, body }: Answer): void {
    if (status === 201 && typeof body?.id === 'number') this.ids.set(caller, body.id);
    if (typeof body?.task_id === 'string') this.tasks.set(caller, body.task_id);
  }

  urlOf({ caller, url }: FuzzRequest): string {
    return url
      .replace(SOME_ID, String(this.ids.get(caller) ?? 1))
      .replace(SOME_TASK, this.tasks.get(caller) ?? SOME_TASK);
  }
}
