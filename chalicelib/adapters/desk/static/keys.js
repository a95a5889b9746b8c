// The keyboard. An element says its key itself: data-key="g q". What is on the page is what `?` and Ctrl-K list.
const OFF = "desk-keys-off";
const IN_FIELD = "input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]";
const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const isOn = () => localStorage.getItem(OFF) === null;
const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const nameOf = (element) => (element.getAttribute("aria-label") || element.dataset.name ||
  element.labels?.[0]?.textContent || element.textContent).trim().replace(/\s+/g, " ");

const use = (element) => {
  for (let each = element; each; each = each.parentElement?.closest("details")) each.open = true;
  if (element.matches("summary")) ($("select, textarea, input:not([type=hidden])", element.parentElement) ?? element).focus();
  else element.matches(IN_FIELD) ? element.focus() : element.click();
};

// Lists: j and k move between rows, x selects one.
const move = (by) => {
  const links = all(".row-link").filter(isShown);
  if (!links.length) return;
  const now = links.findIndex((link) => link === document.activeElement);
  const next = links[Math.min(links.length - 1, Math.max(0, now + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
};
const select = () => $("input[type=checkbox]", document.activeElement.closest(".row") ?? document.createElement("i"))?.click();
const LISTS = { j: () => move(1), k: () => move(-1), x: select };

const withKeys = () => all("[data-key]").filter((element) => !element.disabled);
const item = (content, key) => {
  const row = document.createElement("li");
  const text = document.createElement("span");
  text.textContent = content;
  row.append(text);
  if (key) { const code = document.createElement("kbd"); code.textContent = key; row.append(code); }
  return row;
};

const openHelp = () => {
  const dialog = $("#keys");
  const list = $("#keys-here");
  list.replaceChildren(...withKeys().map((element) => item(nameOf(element), element.dataset.key)));
  dialog.showModal();
};

// The palette: every command of the page, and cases by number or words.
const palette = $("#palette");
const field = $("#palette-field");
const found = $("#palette-list");
let pending;
const commands = () => [...withKeys(), ...all(".nav > a, .views a, [data-command]")]
  .filter((element, place, every) => every.indexOf(element) === place && isShown(element));
const option = (content, key, act) => {
  const row = item(content, key);
  const button = document.createElement("button");
  button.type = "button";
  button.append(...row.childNodes);
  button.addEventListener("click", () => { palette.close(); act(); });
  row.append(button);
  return row;
};
const listCommands = (words) => commands()
  .filter((element) => nameOf(element).toLowerCase().includes(words.toLowerCase()))
  .slice(0, 12).map((element) => option(nameOf(element), element.dataset.key, () => use(element)));
const listCases = async (words) => {
  const body = new URLSearchParams({ q: words });
  const headers = { "X-Form-Token": palette.dataset.token, Accept: "application/json" };
  const answer = await fetch(palette.dataset.find, { method: "POST", body, headers });
  if (!answer.ok) return [];
  return (await answer.json()).items.map(({ number, subject, url }) => option(`${number} ${subject}`, "", () => { location.href = url; }));
};
const look = () => {
  const words = field.value.trim();
  found.replaceChildren(...listCommands(words));
  clearTimeout(pending);
  if (words.length > 1 && palette.dataset.find) pending = setTimeout(async () => {
    const cases = await listCases(words);
    if (field.value.trim() === words) found.append(...cases);
  }, 200);
};
field?.addEventListener("input", look);
palette?.addEventListener("keydown", (event) => {
  const buttons = all("button", found);
  const now = buttons.indexOf(document.activeElement);
  if (event.key === "ArrowDown") (buttons[now + 1] ?? buttons[0])?.focus();
  else if (event.key === "ArrowUp") (now <= 0 ? field : buttons[now - 1]).focus();
  else if (event.key === "Enter" && document.activeElement === field) buttons[0]?.click();
  else return;
  event.preventDefault();
});

let before = "";
let forget;
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k" && palette) {
    event.preventDefault();
    field.value = "";
    palette.showModal();
    look();
    return;
  }
  if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.matches?.(IN_FIELD) || $("dialog[open]")) return;
  const key = before ? `${before} ${event.key}` : event.key;
  clearTimeout(forget);
  before = "";
  if (key === "?") return openHelp();
  const element = withKeys().find((each) => each.dataset.key === key && isShown(each.closest("details") ?? each));
  if (element) { event.preventDefault(); return use(element); }
  if (LISTS[key]) { event.preventDefault(); return LISTS[key](); }
  if (withKeys().some((each) => each.dataset.key.startsWith(`${key} `))) {
    before = key;
    forget = setTimeout(() => { before = ""; }, 1_500);
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys-help]")) openHelp();
  if (event.target.closest("[data-keys-toggle]")) isOn() ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF);
  if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
  showState();
});
const showState = () => {
  for (const button of all("[data-keys-help], [data-keys-toggle]")) button.hidden = false;
  for (const button of all("[data-keys-toggle]")) button.setAttribute("aria-pressed", String(isOn()));
};
document.addEventListener("htmx:after:swap", showState);
showState();
