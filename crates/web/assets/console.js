// Comfort for the console: times in the reader's zone, ids that copy, a warning before a changed form is left, no form sent twice, a log
// that follows, JSON beside a form. Every page works without it.
"use strict";

const clock = { day: "numeric", month: "short", hour: "numeric", minute: "2-digit", second: "2-digit" };
const thisYear = new Intl.DateTimeFormat(undefined, clock);
const otherYear = new Intl.DateTimeFormat(undefined, { ...clock, year: "numeric" });
const inReadersZone = (root) => {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const format = moment.getFullYear() === new Date().getFullYear() ? thisYear : otherYear;
    time.textContent = format.format(moment);
  }
};
inReadersZone(document);

for (const id of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const text = id.textContent;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${text}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  id.append(" ", button);
}

for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = false;
  form.addEventListener("change", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// The JSON beside a policy's form follows what is entered: the server writes it, as it does without script.
const follows = document.querySelector("[data-follows]");
if (follows) {
  const form = document.querySelector("form[data-guard]");
  let [waiting, last] = [0, 0];
  const write = async () => {
    last += 1;
    const mine = last;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", "edit");
    const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const written = page.querySelector("[data-follows]");
    if (written && mine === last) follows.textContent = written.textContent;
  };
  form.addEventListener("input", (event) => {
    if (event.target.name.startsWith("find_")) return;
    clearTimeout(waiting);
    // Without an answer it stays as it was; saving tells what is the matter.
    waiting = setTimeout(() => write().catch(() => {}), 400);
  });
}

// The sign-in log, when it is followed: the same page is fetched again and takes the place of the rows shown.
const live = document.querySelector("[data-live]");
if (live) {
  const every = 3000;
  const seen = new Set([...document.querySelectorAll("tr[data-id]")].map((row) => row.dataset.id));
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href, { redirect: "error" });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [rows, shown] = [page.querySelector("main table tbody"), document.querySelector("main table tbody")];
    if (!rows) return;
    // The first sign-in of all takes the place of a page that says there is none.
    if (!shown) return location.reload();
    const fresh = [...rows.rows].filter((row) => !seen.has(row.dataset.id));
    if (fresh.length === 0) return;
    for (const row of fresh) {
      seen.add(row.dataset.id);
      row.classList.add("fresh");
    }
    inReadersZone(rows);
    // Somebody who reads with the keyboard keeps their place.
    const focused = document.activeElement?.closest("tr[data-id]")?.dataset.id;
    shown.replaceWith(rows);
    if (focused) rows.querySelector(`tr[data-id="${CSS.escape(focused)}"] .row-link`)?.focus();
    live.textContent = `${fresh.length} new, ${thisYear.format(new Date())}. More appear by themselves.`;
  };
  const again = () => setTimeout(() => look().then(again, () => {
    live.textContent = "The server did not answer. Load the page again to go on following.";
  }), every);
  again();
}

// A double click sends a form once.
for (const form of document.querySelectorAll('form[method="post"]')) {
  let sent = -Infinity;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - sent < 2000) event.preventDefault();
    else sent = event.timeStamp;
  });
}
