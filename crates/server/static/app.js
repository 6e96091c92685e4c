// What pages do beyond plain HTML: dialogs, copying, live output, follow mode, keys. Everything
// here is an addition; without it each page still works through links and forms.
"use strict";

document.documentElement.classList.add("scripted");
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- Dialogs: a link to a page of its own opens the dialog that holds the same form. ---

function openDialog(link) {
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog) return false;
  const question = dialog.querySelector("[data-question]");
  if (question) {
    question.textContent = link.dataset.question;
    dialog.querySelector("form").action = link.href;
  }
  dialog.onclose = () => link.focus();
  dialog.showModal();
  // Before something is destroyed, Enter must be the way out.
  const first = question ? "[data-close]" : "input:not([type=hidden]), select, [data-close]";
  dialog.querySelector(first)?.focus();
  return true;
}

all("[data-dialog]").forEach((link) => link.setAttribute("aria-haspopup", "dialog"));

// --- Menus: only one is open, and Escape or a click elsewhere closes it. ---

const closeMenus = (except) => all("[data-menu][open]").forEach((menu) => { menu.open = menu === except; });

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("[data-menu]"));
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const link = event.target.closest("[data-dialog]");
  if (link && plain && openDialog(link)) event.preventDefault();
  const close = event.target.closest("dialog [data-close]");
  if (close) event.preventDefault();
  close?.closest("dialog").close();
  const copy = event.target.closest("[data-copy]");
  if (copy) copyFrom(copy);
  const follow = event.target.closest("[data-follow]");
  if (follow) setFollow(follow.getAttribute("aria-pressed") !== "true");
});

// --- Copying: the clipboard where the browser allows it, else a selection (plain HTTP). ---

async function copyFrom(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = "value" in source ? source.value : source.textContent;
  if (!await copyText(text, source)) return;
  const label = button.querySelector("span");
  button.dataset.words ??= label.textContent;
  label.textContent = button.dataset.copied;
  button.classList.add("copied");
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    label.textContent = button.dataset.words;
    button.classList.remove("copied");
  }, 2500);
}

async function copyText(text, source) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    "select" in source ? source.select() : getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}

all("[data-copy], [data-follow]").forEach((button) => { button.hidden = false; });
all("[data-select]").forEach((field) => {
  field.addEventListener("focus", () => field.select());
  if (field.autofocus) field.select();
});
document.querySelector("[data-focus]")?.focus();

// --- A value shown once: reload and Back lead to the list, and no memory of the page keeps it. ---

const once = document.querySelector("[data-once]");
if (once) {
  history.replaceState(null, "", once.dataset.once);
  addEventListener("pagehide", () => once.remove());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

// --- Forms: the chosen scope explains itself, a typed date is chosen, and nothing is sent twice. ---

document.addEventListener("input", (event) => {
  const { id, value, form } = event.target;
  if (id === "end" && value && form?.elements.expires) form.elements.expires.value = "date";
});

document.addEventListener("change", (event) => event.target.id === "scope" && showScope(event.target));

document.addEventListener("submit", (event) => {
  // After the browser has collected the fields, because a disabled button sends no value.
  setTimeout(() => all("button", event.target).forEach((button) => { button.disabled = true; }));
});
addEventListener("pageshow", () => all("form button").forEach((button) => { button.disabled = false; }));

const showScope = (select) => all("[data-of]").forEach((line) => {
  line.classList.toggle("chosen", line.dataset.of === select.value);
});
all("select#scope").forEach(showScope);

// --- What a token will be able to do: the server says it of what is chosen so far. ---

async function review(form) {
  const place = form.querySelector("[data-says]");
  const fields = new URLSearchParams(new FormData(form));
  fields.set("review", "yes");
  const answer = await fetch(form.action, { method: "POST", body: fields });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.textContent = fresh.querySelector("[data-says]")?.textContent ?? "";
}
document.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (form?.querySelector("[data-says]") && event.target.closest(".more")) review(form);
});

// --- Moments that matter to the second: in the reader's own time too. ---

all("time[data-local]").forEach((time) => {
  const own = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "long" });
  time.after(made("span", "local", own.format(new Date(time.dateTime))));
});

// --- Durations that still grow; the server's clock counts, not the reader's. ---

const units = (document.body.dataset.units ?? "h|m|s| ").split("|");
const skew = Number(document.body.dataset.now) - Date.now();

function lasted(since) {
  const seconds = Math.max(0, Math.floor((Date.now() + skew - since) / 1000));
  const minutes = Math.floor(seconds / 60);
  const two = (number) => units[3] + String(number % 60).padStart(2, "0");
  if (minutes === 0) return seconds + units[2];
  if (minutes < 60) return minutes + units[1] + two(seconds) + units[2];
  return Math.floor(minutes / 60) + units[0] + two(minutes) + units[1];
}
setInterval(() => all("[data-since]").forEach((place) => {
  place.textContent = lasted(Number(place.dataset.since));
}), 1000);

// --- Steps: output is fetched when a step opens, unless it runs and the stream brings it. ---

const list = document.getElementById("step-list");

async function load(step) {
  if ("loaded" in step.dataset || "running" in step.dataset) return;
  step.dataset.loaded = "";
  const place = step.querySelector(".output");
  // What the stream brought stays in sight until the whole output replaces it.
  const live = place.querySelector(".log");
  if (!live) place.replaceChildren(made("p", "left-out", list.dataset.loading));
  try {
    const answer = await fetch(step.dataset.output);
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    place.innerHTML = await answer.text();
    if (live && following) showNewest();
  } catch {
    delete step.dataset.loaded;
    if (!live) place.replaceChildren(made("p", "left-out", list.dataset.failed));
  }
}

function made(tag, className, words) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = words;
  return element;
}

if (list) {
  list.addEventListener("toggle", (event) => {
    if (event.target.matches(".step[open]")) load(event.target);
  }, true);
  all(".step[open]", list).forEach(load);
  list.addEventListener("keydown", (event) => {
    const rows = all(".step > summary", list);
    const at = rows.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (at < 0 || !rows[to]) return;
    event.preventDefault();
    rows[to].focus();
  });
}

// --- Live: events replace the head, the steps and the output of a build while it goes on. ---

const MOST_LINES = 5000;
const build = document.querySelector("[data-events]");
const followButton = document.querySelector("[data-follow]");
let following = false;

function setFollow(on) {
  following = on;
  followButton?.setAttribute("aria-pressed", String(on));
  if (on) showNewest();
}

function showNewest() {
  const log = all(".step[open] .log", list).pop();
  log?.lastElementChild?.scrollIntoView({ block: "end" });
}

// Scrolling away by hand ends follow mode; its own scrolling sends none of these.
["wheel", "touchmove"].forEach((kind) => addEventListener(kind, () => following && setFollow(false)));
addEventListener("keydown", (event) => {
  if (following && ["ArrowUp", "PageUp", "Home"].includes(event.key)) setFollow(false);
  if (event.key !== "Escape") return;
  const menu = document.querySelector("[data-menu][open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});

async function refresh() {
  const answer = await fetch(location.href.split("#")[0]);
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = fresh.title;
  document.querySelector("link[rel=icon]").href = fresh.querySelector("link[rel=icon]").href;
  all("[data-live]").forEach((part) => {
    const next = fresh.getElementById(part.id);
    // What somebody stands on is not pulled away from under them.
    if (!next || part.contains(document.activeElement)) return;
    part.innerHTML = next.innerHTML;
    part.toggleAttribute("data-refresh", "refresh" in next.dataset);
  });
}
// Lists look again while something in them goes on.
setInterval(() => document.hidden || !document.querySelector("[data-refresh]") || refresh(), 3000);

function putStep(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".step");
  if (!fresh) return;
  const old = document.getElementById(fresh.id);
  document.querySelector(".waiting")?.remove();
  if (!old) return list.append(fresh);
  old.querySelector("summary").innerHTML = fresh.querySelector("summary").innerHTML;
  old.toggleAttribute("data-running", "running" in fresh.dataset);
  if (fresh.open && !old.open) old.open = true;
  if (old.open) load(old);
}

function putOutput({ step, html, start }) {
  const place = document.getElementById("step-" + step)?.querySelector(".output");
  if (!place) return;
  let log = place.querySelector(".log");
  if (!log || start) {
    log = made("ol", "log", "");
    log.start = start ?? 1;
    log.tabIndex = 0;
    log.setAttribute("aria-label", place.dataset.label);
    place.replaceChildren(log);
  }
  log.querySelector(".open")?.remove();
  log.insertAdjacentHTML("beforeend", html);
  const extra = log.childElementCount - MOST_LINES;
  for (let gone = 0; gone < extra; gone++) log.firstElementChild.remove();
  if (extra > 0) log.start += extra;
  if (following) showNewest();
}

// How long the page waits for the server before it says so: a browser asks again after about three seconds.
const PATIENCE = 5000;
let missing;

function sayLost(lost) {
  build.querySelector("[data-lost]").hidden = !lost;
}

function listen() {
  const events = new EventSource(build.dataset.events);
  events.addEventListener("open", () => {
    clearTimeout(missing);
    missing = undefined;
    sayLost(false);
  });
  events.addEventListener("error", () => {
    missing ??= setTimeout(sayLost, PATIENCE, true);
    // A browser gives up where the answer is an error, of a proxy for instance.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, PATIENCE);
  });
  events.addEventListener("step", (event) => putStep(event.data));
  events.addEventListener("output", (event) => putOutput(JSON.parse(event.data)));
  events.addEventListener("reload", () => location.reload());
  events.addEventListener("state", (event) => {
    if (JSON.parse(event.data).done) {
      events.close();
      followButton?.remove();
    }
    refresh();
  });
}
if (build) listen();
