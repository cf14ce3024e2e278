import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe } from 'vitest';
import { WebSocket } from 'undici';
import { temporaryDirectory } from '../app/temporary-directory.js';
import { findBrowser } from './find-browser.js';

const OPTIONS = [
  '--headless=new',
  '--remote-debugging-port=0',
  '--no-first-run',
  '--disable-gpu',
  // The browser runs as root in a container, where the sandbox and /dev/shm do not work.
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-sync',
  '--disable-component-update',
];

/** Like `describe`, but skipped without a browser. The test configuration reports that (and fails in CI). */
export const describeWithBrowser = findBrowser() ? describe : describe.skip;

/** Keys with their Windows key codes, which the protocol expects. */
const KEYS = {
  Tab: { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9, text: undefined },
  Enter: { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Space: { key: ' ', code: 'Space', windowsVirtualKeyCode: 32, text: ' ' },
} as const;

/** A node of the page as assistive technology gets it. */
export interface AccessibleNode {
  readonly role: string;
  readonly name: string;
  readonly description: string;
  readonly isFocused: boolean;
}

/** The node as the Chrome DevTools Protocol returns it. */
interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value?: string };
  readonly name?: { readonly value?: string };
  readonly description?: { readonly value?: string };
  readonly properties?: readonly {
    readonly name: string;
    readonly value: { readonly value?: unknown };
  }[];
}

/** Roles that only structure the text, and the page itself. */
const STRUCTURE = new Set([
  'none',
  'generic',
  'StaticText',
  'InlineTextBox',
  'LabelText',
  'RootWebArea',
]);

export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly scheme?: 'light' | 'dark';
  readonly isScriptDisabled?: boolean;
}

interface Reply {
  readonly sessionId?: string;
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Chromium without a window, controlled through its DevTools protocol. */
export class Browser implements AsyncDisposable {
  private lastId = 0;
  private readonly replies = new Map<number, (reply: Reply) => void>();
  readonly messages: Reply[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly socket: WebSocket,
    private readonly directory: string,
  ) {
    socket.addEventListener('message', ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      if (reply.id === undefined) this.messages.push(reply);
      else this.replies.get(reply.id)?.(reply);
    });
  }

  static async start(): Promise<Browser> {
    const program = findBrowser();
    if (!program) throw new Error('There is no Chromium on this machine');
    const directory = temporaryDirectory();
    const child = spawn(program, [...OPTIONS, `--user-data-dir=${directory}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const socket = new WebSocket(await debuggerUrl(child));
    await once(socket, 'open');
    return new Browser(child, socket, directory);
  }

  /** Opens the page as a new user: with an empty cache and without cookies. */
  async open(
    url: string,
    { width, height, scheme, isScriptDisabled }: Viewport,
  ): Promise<BrowserPage> {
    const { browserContextId } = await this.send('Target.createBrowserContext');
    const target = { url: 'about:blank', browserContextId };
    const { targetId } = await this.send('Target.createTarget', target);
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new BrowserPage(this, { sessionId: String(sessionId), browserContextId });
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
    const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 700 };
    await page.send('Emulation.setDeviceMetricsOverride', metrics);
    const features = [{ name: 'prefers-color-scheme', value: scheme ?? 'light' }];
    await page.send('Emulation.setEmulatedMedia', { features });
    await page.send('Emulation.setScriptExecutionDisabled', { value: isScriptDisabled === true });
    await page.goTo(url);
    return page;
  }

  async send(
    method: string,
    params: object = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    this.lastId += 1;
    const id = this.lastId;
    const replied = new Promise<Reply>((resolve) => this.replies.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    const { result, error } = await replied;
    this.replies.delete(id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.child, 'close');
    this.socket.close();
    this.child.kill('SIGKILL');
    await ended;
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class BrowserPage implements AsyncDisposable {
  constructor(
    private readonly browser: Browser,
    private readonly ids: { readonly sessionId: string; readonly browserContextId: unknown },
  ) {}

  /** Closes the page; a browser opens only six connections to a host, and a stream keeps one. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { browserContextId } = this.ids;
    await this.browser.send('Target.disposeBrowserContext', { browserContextId });
  }

  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    return this.browser.send(method, params, this.ids.sessionId);
  }

  async goTo(url: string): Promise<void> {
    await this.load(() => this.send('Page.navigate', { url }));
  }

  /** Waits for the page that the action loads. */
  async load(action: () => Promise<unknown>): Promise<void> {
    const before = this.messages.length;
    await action();
    // These events also arrive if scripts are disabled, in contrast to changes of document.readyState.
    for (let round = 0; round < 100; round += 1) {
      const since = this.messages.slice(before);
      if (since.some(({ method }) => method === 'Page.loadEventFired')) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('No page was loaded');
  }

  /** Presses the key as on a keyboard, where the focus is. */
  async press(key: keyof typeof KEYS): Promise<void> {
    const { text, ...event } = KEYS[key];
    const down = text === undefined ? { type: 'rawKeyDown' } : { type: 'keyDown', text };
    await this.send('Input.dispatchKeyEvent', { ...down, ...event });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  /** Types the text where the focus is. */
  async type(text: string): Promise<void> {
    for (const character of text) {
      const event = { key: character, text: character };
      await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key: character });
    }
  }

  /** What assistive technology gets from the browser, in the order of the document. */
  async accessibleNodes(): Promise<AccessibleNode[]> {
    const { nodes } = await this.send('Accessibility.getFullAXTree');
    return (nodes as readonly AxNode[])
      .filter(({ ignored, role }) => !ignored && !STRUCTURE.has(role?.value ?? ''))
      .map(({ role, name, description, properties = [] }) => ({
        role: role?.value ?? '',
        name: name?.value ?? '',
        description: description?.value ?? '',
        isFocused: properties.some((each) => each.name === 'focused' && each.value.value === true),
      }));
  }

  /** The addresses of all requests so far. */
  requests(): string[] {
    return this.messages.flatMap(({ method, params = {} }) =>
      method === 'Network.requestWillBeSent'
        ? String((params as { request?: { url?: string } }).request?.url)
        : [],
    );
  }

  /** The value of the JavaScript expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return result && typeof result === 'object' ? Reflect.get(result, 'value') : undefined;
  }

  /** What the page logged as an error, such as violations of its content security policy. */
  errors(): string[] {
    return this.messages.flatMap(({ method, params = {} }) => {
      if (method === 'Runtime.exceptionThrown') return [JSON.stringify(params)];
      const { entry } = params;
      const isError = method === 'Log.entryAdded' && JSON.stringify(entry).includes('"error"');
      return isError ? [JSON.stringify(entry)] : [];
    });
  }

  private get messages(): Reply[] {
    return this.browser.messages.filter(({ sessionId }) => sessionId === this.ids.sessionId);
  }

  async screenshot(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(String(data), 'base64');
  }
}

async function debuggerUrl(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('Chromium has no standard error');
  for await (const line of createInterface({ input: child.stderr })) {
    const [, url] = /DevTools listening on (ws:\S+)/.exec(line) ?? [];
    if (url) {
      child.stderr.resume();
      return url;
    }
  }
  throw new Error('Chromium ended without listening');
}
