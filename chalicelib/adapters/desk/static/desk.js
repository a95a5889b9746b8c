// What every page of the desk shares: where the focus goes, and clocks that count.
const MINUTE = 60_000;
const zh = document.documentElement.lang.startsWith("zh");
const UNITS = zh ? [[" 天", 1440], [" 小时", 60], [" 分", 1]] : [["d", 1440], ["h", 60], ["min", 1]];

const span = (milliseconds) => {
  let minutes = Math.floor(Math.abs(milliseconds) / MINUTE);
  const parts = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(minutes / size);
    minutes %= size;
    if (count) parts.push(count + unit);
  }
  return parts.slice(0, 2).join(" ") || "<1" + UNITS[2][0];
};

class Clock extends HTMLElement {
  connectedCallback() { this.show(); this.timer = setInterval(() => this.show(), 10_000); }
  disconnectedCallback() { clearInterval(this.timer); }
  show() {
    const left = Number(this.getAttribute("due")) - Date.now();
    this.className = left < 0 ? "late" : left < 60 * MINUTE ? "soon" : "";
    this.textContent = left >= 0 ? span(left) : left > -MINUTE ? zh ? "刚刚" : "just now" : "−" + span(left);
  }
}
customElements.define("ac-clock", Clock);

// On a phone the sections beside a case begin folded: the conversation comes first.
const fold = () => {
  if (!matchMedia("(max-width: 52rem)").matches) return;
  for (const section of document.querySelectorAll(".case-side > .section")) {
    section.open = Boolean(section.querySelector(".act[open]")) || "#" + section.id === location.hash;
  }
};
fold();

// After a page was swapped in, the focus is on its heading, as after a full load a screen reader begins there.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail?.ctx?.target?.id !== "page") return;
  fold();
  const heading = document.querySelector("main h1") ?? document.getElementById("main");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
});

const announce = (text) => { const place = document.getElementById("announce"); if (place) place.textContent = text; };

// News of the case that is open: a notice, so that nothing moves under the pen. Who else is there, here and in lists.
const article = () => document.querySelector("article.case");
document.addEventListener("desk:changed", ({ detail }) => {
  const open = article();
  const news = document.getElementById("news");
  if (!open || open.dataset.case !== detail.case || detail.version <= Number(open.dataset.version)) return;
  if (news) { news.hidden = false; announce(news.textContent); }
});
document.addEventListener("desk:people", ({ detail }) => {
  const set = document.querySelector("[data-staff]")?.dataset;
  const names = JSON.parse(set?.staff ?? "{}");
  for (const place of document.querySelectorAll(`[data-people="${CSS.escape(detail.case)}"]`)) {
    place.replaceChildren(...["writing", "reading"].flatMap((className) => detail[className].map((id) =>
      Object.assign(document.createElement("span"), { className, textContent: (names[id] ?? id) + (set?.[className] ?? "") }))));
  }
});
