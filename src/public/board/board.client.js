// Follows the stream and shows its figures. The page is complete without this script.

const CHECK_MILLISECONDS = 15_000;
const RETRY_MILLISECONDS = 3_000;
const STATE_TEXTS = { free: 'Free', few: 'Few left', full: 'Full' };

const connection = document.getElementById('connection');
const clock = document.getElementById('clock');
const { zone } = connection.dataset;
const format = (options) => new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
const minutes = format({ hour: '2-digit', minute: '2-digit' });
const seconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = format({ weekday: 'long', day: 'numeric', month: 'long' });

/** The latest figures of each lot, by its id. */
const lots = new Map();
let source;
let retry;
/** When the figures were last known to be current, in ms. */
let confirmedAt = Date.now();
/** Lots whose figures differed at the last check: the stream may be dead without an error. */
let suspicious = new Set();
let replacing = false;

function elementOf(id) {
  return document.querySelector(`[data-lot="${Number(id)}"]`);
}

function show({ lot_id: id, available_spots: available }) {
  const element = elementOf(id);
  const few = Number(element.dataset.few);
  const state = available <= 0 ? 'full' : available <= few ? 'few' : 'free';
  element.dataset.state = state;
  element.querySelector('.count').textContent = available;
  element.querySelector('use').setAttribute('href', `#${state}`);
  element.querySelector('.state span').textContent = STATE_TEXTS[state];
}

/** Whether the page has the lot, with this number of spots. */
function isShown(lot) {
  return Number(elementOf(lot.lot_id)?.dataset.spots) === lot.number_of_spots;
}

/** Whether the page has the lot with another name. The events of the stream contain no names. */
function isRenamed({ id, prime_location_name: name }) {
  const heading = elementOf(id)?.querySelector('h2');
  return heading && heading.textContent !== name;
}

function render() {
  const shown = document.querySelectorAll('[data-lot]').length;
  const existing = [...lots.values()];
  if (shown !== existing.length || !existing.every(isShown)) void replaceList();
  existing.filter(isShown).forEach(show);
}

/** Replaces the list with the server's, because lots were created, changed or deleted. */
async function replaceList() {
  if (replacing) return;
  replacing = true;
  try {
    const response = await fetch('board', { cache: 'no-store' });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const main = page.querySelector('main');
    if (response.ok && main) document.querySelector('main').replaceWith(main);
    for (const lot of lots.values()) if (isShown(lot)) show(lot);
  } catch {
    // The next check tries again.
  } finally {
    replacing = false;
  }
}

function setState(state, text) {
  if (connection.dataset.state !== state)
    connection.querySelector('[role=status]').textContent = text;
  connection.dataset.state = state;
  connection.hidden = false;
  showAge();
}

function confirm() {
  confirmedAt = Date.now();
  setState('live', 'Live');
}

function lose() {
  setState('lost', `Connection lost. Figures as of ${seconds.format(confirmedAt)}.`);
}

function connect() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource('api/public/occupancy');
  source.addEventListener('snapshot', ({ data }) => {
    lots.clear();
    for (const lot of JSON.parse(data)) lots.set(lot.lot_id, lot);
    confirm();
    render();
  });
  source.addEventListener('occupancy', ({ data }) => {
    const lot = JSON.parse(data);
    if (lot.number_of_spots > 0) lots.set(lot.lot_id, lot);
    else lots.delete(lot.lot_id);
    confirm();
    render();
  });
  source.addEventListener('open', confirm);
  source.addEventListener('error', () => {
    lose();
    // After a refusal, browsers do not connect again by themselves.
    if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, RETRY_MILLISECONDS);
  });
}

/**
 * A dead connection reports no error, so the figures and the names are compared with the response to a
 * separate request.
 */
async function check() {
  if (document.hidden) return;
  try {
    const signal = AbortSignal.timeout(CHECK_MILLISECONDS / 2);
    const response = await fetch('api/public/lots', { cache: 'no-store', signal });
    if (!response.ok) throw new Error(response.statusText);
    const current = await response.json();
    const differing = current.filter(
      ({ id, available_spots: available }) => lots.get(id)?.available_spots !== available,
    );
    const again = differing.some(({ id }) => suspicious.has(id));
    suspicious = new Set(differing.map(({ id }) => id));
    if (again || connection.dataset.state === 'lost') connect();
    else if (differing.length === 0) confirm();
    if (current.some(isRenamed)) void replaceList();
    render();
  } catch {
    lose();
    source.close();
    clearTimeout(retry);
    retry = setTimeout(connect, RETRY_MILLISECONDS);
  }
}

function showAge() {
  const age = Math.max(0, Math.round((Date.now() - confirmedAt) / 1000));
  const text = age < 60 ? `${age} s` : `${Math.floor(age / 60)} min`;
  connection.querySelector('.age').textContent = `Updated ${text} ago`;
}

function tick() {
  clock.textContent = minutes.format(Date.now());
  document.getElementById('date').textContent = day.format(Date.now());
  showAge();
}

connect();
tick();
setInterval(tick, 1_000);
setInterval(check, CHECK_MILLISECONDS);
document.addEventListener('visibilitychange', check);
