import type { HttpResponse } from '../http/clients/http-client.js';
import { PLACEHOLDER_ID } from './addresses.js';
import type { Identity, FuzzRequest } from './requests.js';
import { PLACEHOLDER_TASK } from './values.js';

/** Ids that the program created for each identity, so that some requests refer to existing rows. */
export class CreatedIds {
  private readonly ids = new Map<Identity, number>();
  private readonly tasks = new Map<Identity, string>();

  note(identity: Identity, { status, body }: HttpResponse): void {
    if (status === 201 && typeof body?.id === 'number') this.ids.set(identity, body.id);
    if (typeof body?.task_id === 'string') this.tasks.set(identity, body.task_id);
  }

  urlOf({ identity, url }: FuzzRequest): string {
    return url
      .replace(PLACEHOLDER_ID, String(this.ids.get(identity) ?? 1))
      .replace(PLACEHOLDER_TASK, this.tasks.get(identity) ?? PLACEHOLDER_TASK);
  }
}
