// The boxes: what is typed is saved at once in this browser, and a moment later on the server.
const PAUSE = 800;
const timers = new WeakMap();
const boxes = () => document.querySelectorAll("form[data-draft]");
const place = (form) => `desk-draft ${form.dataset.who} ${form.dataset.about} ${form.dataset.kind}`;
const area = (form) => form.querySelector("textarea");
const show = (form, state) => { const line = form.querySelector(".saved"); line.textContent = line.dataset[state] ?? ""; };
const counter = (form) => form.querySelector("[name=draft]");

const remember = (form) => {
  const text = area(form).value;
  if (text) localStorage.setItem(place(form), JSON.stringify({ text, counter: counter(form).value, at: Date.now() }));
  else localStorage.removeItem(place(form));
};

const save = async (form, keepalive = false) => {
  const body = area(form).value;
  const files = [...form.querySelectorAll("[name=files]:checked")].map((box) => box.value);
  const seen = Number(form.querySelector("[name=version]")?.value ?? 0);
  const headers = { "Content-Type": "application/json", "X-Form-Token": form.querySelector("[name=form_token]").value };
  const sent = JSON.stringify({ body, counter: Number(counter(form).value), files, seen });
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", headers, body: sent, keepalive });
    if (!answer.ok) return show(form, "local");
    const stored = await answer.json();
    if (!stored.conflict) counter(form).value = stored.counter;
    show(form, stored.conflict ? "both" : "saved");
    // The next page may have been made before this was stored: then it needs what this browser has.
    if (!keepalive && area(form).value === body) localStorage.removeItem(place(form));
  } catch { show(form, "local"); }
};

const later = (form) => {
  remember(form);
  show(form, "");
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
};

// What this browser has and the server did not get: after an expired session, or a lost connection.
const restore = () => {
  for (const form of boxes()) {
    const stored = JSON.parse(localStorage.getItem(place(form)) ?? "null");
    if (stored?.text === area(form).value) localStorage.removeItem(place(form));
    if (!stored || stored.text === area(form).value) continue;
    if (!area(form).value || stored.counter === counter(form).value) { area(form).value = stored.text; later(form); }
  }
};

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (form && event.target.matches("textarea")) later(form);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  clearTimeout(timers.get(form));
  const cursor = form.querySelector("[name=cursor]");
  if (cursor) cursor.value = area(form).selectionStart;
  if (!event.submitter?.hasAttribute("formaction")) sessionStorage.setItem("desk-sent", place(form));
}, true);
// A form that was taken is no draft any more: its case is shown again. One that was refused comes back with its text;
// one that met the end of the session leads to the sign-in, and its text stays here.
const settle = () => {
  const sent = sessionStorage.getItem("desk-sent");
  sessionStorage.removeItem("desk-sent");
  if (sent && !document.querySelector("#refusal") && [...boxes()].some((form) => place(form) === sent)) localStorage.removeItem(sent);
  restore();
};
addEventListener("pagehide", () => boxes().forEach((form) => { if (localStorage.getItem(place(form))) save(form, true); }));
document.addEventListener("htmx:after:swap", settle);
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".actions button"));
});
document.addEventListener("click", (event) => {
  if (event.target.closest("form[action$='/sign-out']"))
    Object.keys(localStorage).filter((key) => key.startsWith("desk-draft")).forEach((key) => localStorage.removeItem(key));
});
settle();

class Count extends HTMLElement {
  connectedCallback() { this.show(); this.timer = setInterval(() => this.show(), 500); }
  disconnectedCallback() { clearInterval(this.timer); }
  show() { this.textContent = Math.max(0, Math.ceil((Number(this.getAttribute("until")) - Date.now()) / 1000)) + " s"; }
}
customElements.define("ac-count", Count);
