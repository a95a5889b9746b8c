// Keeps an open page current: a socket for nudges and for who is where, and the changes feed, which misses nothing.
//
// The page has one element [data-changes-url] with data-ticket-url, data-shop, data-form-token, data-cursor, and data-case
// where it shows a case. What stands in [data-writes] is written there. Others listen to these events of the document:
// desk:changed {case, version, number, what} · desk:people {case, reading, writing} · desk:reset · desk:live {socket} ·
// desk:signed-out. A script may say more itself by the event desk:report {see | write | leave: case}.
const SECOND = 1000, LIMIT = 100;
const POLL = 5 * SECOND, HIDDEN = 30 * SECOND, OPEN = 60 * SECOND;
const REPEAT = 20 * SECOND, BEAT = 9 * 60 * SECOND, RENEW = 110 * 60 * SECOND, SILENT = 10 * SECOND, WRITES = 10 * SECOND;
const about = (time) => time * (0.8 + 0.4 * Math.random());
const emit = (name, detail = {}) => document.dispatchEvent(new CustomEvent("desk:" + name, { detail }));

class Live {
  versions = new Map();
  people = new Map();
  tries = 0;
  failures = 0;

  constructor(set) {
    this.set = set;
    this.cursor = set.cursor;
    this.beat = setInterval(() => this.repeat(), REPEAT);
    this.poll();
    this.connect();
  }

  stop() {
    this.stopped = true;
    clearInterval(this.beat);
    for (const timer of [this.next, this.again, this.renewal, this.silence]) clearTimeout(timer);
    this.drop();
  }

  drop() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    emit("live", { socket: false });
  }

  // The changes feed
  async poll() {
    clearTimeout(this.next);
    if (this.polling) { this.asked = true; return; }
    this.polling = true;
    this.asked = false;
    let more = false;
    try { more = await this.read(); this.failures = 0; } catch { this.failures++; }
    this.polling = false;
    if (this.stopped) return;
    if (this.asked) return this.poll();
    const pause = this.failures ? Math.min(POLL * 2 ** (this.failures - 1), HIDDEN)
      : this.socket ? OPEN : document.hidden ? HIDDEN : POLL;
    this.next = setTimeout(() => this.poll(), more ? 0 : about(pause));
  }

  async read() {
    const url = new URL(this.set.changesUrl, location.href);
    url.searchParams.set("shop", this.set.shop);
    url.searchParams.set("limit", LIMIT);
    if (this.cursor) url.searchParams.set("since", this.cursor);
    const answer = await fetch(url, { headers: this.headers(), signal: AbortSignal.timeout(SILENT) });
    if (answer.status === 401) emit("signed-out");
    if (answer.status === 422) { this.cursor = null; emit("reset"); }
    if (!answer.ok) throw answer.status;
    const page = await answer.json();
    if (this.stopped) return false;
    this.cursor = page.next;
    if (page.reset) { this.versions.clear(); emit("reset"); }
    return this.changed(page.items) && page.items.length >= LIMIT;
  }

  changed(items) {
    const news = items.filter((item) => !(this.versions.get(item.case) >= item.version));
    for (const item of news) {
      if (this.versions.get(item.case) >= item.version) continue;
      this.versions.set(item.case, item.version);
      emit("changed", item);
    }
    return news.length > 0;
  }

  headers() {
    return { Accept: "application/json", "HX-Request-Type": "partial", "X-Form-Token": this.set.formToken ?? "" };
  }

  // The socket
  async connect() {
    clearTimeout(this.again);
    if (this.connecting || this.stopped) return;
    this.connecting = true;
    try {
      const headers = { ...this.headers(), "Content-Type": "application/json" };
      const body = JSON.stringify({ shop: this.set.shop });
      const signal = AbortSignal.timeout(SILENT);
      const answer = await fetch(this.set.ticketUrl, { method: "POST", headers, body, signal });
      if (!answer.ok) throw answer.status;
      this.open((await answer.json()).url);
    } catch { this.retry(); }
    this.connecting = false;
  }

  open(url) {
    if (this.stopped) return;
    const made = new WebSocket(url);
    made.onopen = () => {
      if (this.stopped) return made.close();
      const earlier = this.socket;
      this.socket = made;
      earlier?.close();
      this.tries = 0;
      clearTimeout(this.renewal);
      this.renewal = setTimeout(() => this.connect(), RENEW + Math.random() * 5 * 60 * SECOND);
      emit("live", { socket: true });
      this.say(this.state ?? { who: true });
      this.poll();
    };
    made.onmessage = (event) => { clearTimeout(this.silence); this.receive(JSON.parse(event.data)); };
    made.onclose = () => {
      if (this.socket === made) { this.drop(); this.poll(); } else if (this.socket) return;
      this.retry();
    };
  }

  retry() {
    clearTimeout(this.again);
    if (!this.stopped) this.again = setTimeout(() => this.socket || this.connect(), about(Math.min(SECOND * 2 ** this.tries++, HIDDEN)));
  }

  receive(message) {
    if (message.changed) this.changed(message.changed);
    if (message.poll) this.poll();
    for (const people of message.people ?? []) this.show(people);
    if (!message.here) return;
    const here = new Map(message.here.map((people) => [people.case, people]));
    for (const gone of this.people.keys()) if (!here.has(gone)) this.show({ case: gone, reading: [], writing: [] });
    for (const people of here.values()) this.show(people);
  }

  show(people) {
    const text = JSON.stringify(people);
    if ((this.people.get(people.case) ?? "") === text) return;
    if (people.reading.length + people.writing.length) this.people.set(people.case, text);
    else if (!this.people.delete(people.case)) return;
    emit("people", people);
  }

  // Who is where. Every report is answered: if nothing comes, the socket is dead though nobody has said so.
  say(report) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify(report));
    this.said = Date.now();
    clearTimeout(this.silence);
    this.silence = setTimeout(() => { this.drop(); this.wake(); }, SILENT);
  }

  report(report) {
    const [kind, shown] = Object.entries(report)[0];
    if (kind === "leave" && !this.state) return;
    this.state = kind === "leave" ? null : { [kind]: shown };
    this.say(report);
  }

  repeat() {
    if (this.state && !document.hidden) this.say(this.state);
    else if ((this.people.size && !document.hidden) || Date.now() - this.said > BEAT) this.say({ who: true });
  }

  wake() {
    this.tries = this.failures = 0;
    this.poll();
    if (!this.socket) this.connect();
  }
}

let live = null, shown = null, quiet = null;

const see = (now) => {
  if (now === shown || !live) return;
  clearTimeout(quiet);
  live.report(now ? { see: now } : { leave: shown });
  shown = now;
};

// Reads what the page is about, at first and after each swap.
const look = () => {
  const set = document.querySelector("[data-changes-url]")?.dataset;
  if (live && live.set.shop !== set?.shop) { live.stop(); live = shown = null; }
  if (!set) return;
  if (!live) live = new Live({ ...set });
  live.set.formToken = set.formToken;
  see(document.hidden ? null : set.case || null);
};

document.addEventListener("htmx:after:swap", look);
document.addEventListener("visibilitychange", () => { look(); if (!document.hidden) live?.wake(); });
document.addEventListener("desk:report", (event) => live?.report(event.detail));
document.addEventListener("input", (event) => {
  if (!live || !shown || !event.target.closest?.("[data-writes]")) return;
  if (!live.state?.write) live.report({ write: shown });
  clearTimeout(quiet);
  quiet = setTimeout(() => shown && live?.report({ see: shown }), WRITES);
});
addEventListener("online", () => live?.wake());
addEventListener("offline", () => live?.drop());
addEventListener("pagehide", () => see(null));
addEventListener("pageshow", look);
look();
