// The page asks for what has changed, swaps those regions without disturbing
// what is being typed, and sends forms without leaving. Nothing else.
"use strict";
(() => {
  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  const regions = ["bar", "side", "head", "log", "composer", "thread", "modal", "build"];
  const base = root.dataset.base;
  let live = root.dataset.live;
  root.classList.add("js");

  // --- swapping HTML -------------------------------------------------------

  const keep = (e) => e.dirty || e.type === "file" || (e === document.activeElement && e.matches("textarea,input[type=text],input[type=search]"));

  function morph(from, to) {
    if (from.nodeType !== 1) {
      if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
      return;
    }
    const same = from.isEqualNode(to);
    if (!same) {
      for (const { name, value } of [...to.attributes])
        if (!(name === "open" && from.tagName === "DETAILS") && from.getAttribute(name) !== value) from.setAttribute(name, value);
      for (const { name } of [...from.attributes])
        if (!to.hasAttribute(name) && !(name === "open" && from.tagName === "DETAILS")) from.removeAttribute(name);
    }
    if (from.tagName === "TEXTAREA") {
      if (!keep(from)) from.value = to.value;
      return;
    }
    if (!same) children(from, to);
    if (from.tagName === "INPUT" && !keep(from)) {
      if (from.type === "checkbox" || from.type === "radio") from.checked = to.hasAttribute("checked");
      else from.value = to.getAttribute("value") ?? "";
    }
    if (from.tagName === "SELECT" && !keep(from)) from.value = to.value;
  }

  function children(from, to) {
    const old = new Map([...from.children].filter((c) => c.id).map((c) => [c.id, c]));
    const wanted = new Set([...to.children].map((c) => c.id).filter(Boolean));
    let at = from.firstChild;
    const gone = () => {
      while (at && at.id && !wanted.has(at.id)) {
        const next = at.nextSibling;
        at.remove();
        at = next;
      }
    };
    for (const next of [...to.childNodes]) {
      gone();
      let match = null;
      if (next.id) match = old.get(next.id) ?? null;
      else if (at && !at.id && at.nodeName === next.nodeName) match = at;
      if (!match || match.nodeName !== next.nodeName) {
        from.insertBefore(next, at);
        continue;
      }
      if (match === at) at = at.nextSibling;
      else from.insertBefore(match, at);
      morph(match, next);
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  function swap(region, html) {
    const box = $("r-" + region);
    const fresh = document.createElement(box.tagName);
    fresh.innerHTML = html;
    const focused = document.activeElement?.id;
    for (const table of fresh.querySelectorAll("table.sorts")) arrange(table);
    const logs = [...box.querySelectorAll(".log")].map((l) => ({
      id: l.id, of: l.dataset.of, top: l.scrollTop, height: l.scrollHeight, first: l.querySelector("li")?.id,
      bottom: l.scrollHeight - l.scrollTop - l.clientHeight < 40,
    }));
    children(box, fresh);
    for (const l of box.querySelectorAll(".log")) {
      const was = logs.find((x) => x.id === l.id);
      if (!was || was.of !== l.dataset.of || was.bottom) l.scrollTop = l.scrollHeight;
      else if (was.first !== l.querySelector("li")?.id) l.scrollTop = was.top + l.scrollHeight - was.height;
    }
    if (focused && document.activeElement === document.body) $(focused)?.focus();
  }

  // --- tables that sort ------------------------------------------------------

  // sorted holds how each table was sorted, and whole those of which all rows are
  // shown, so that they stay so when the log changes.
  const sorted = new Map();
  const whole = new Set();

  function arrange(table) {
    table.classList.toggle("all", whole.has(table.id));
    table.closest(".b-table").parentNode.querySelector(".all-rows")?.toggleAttribute("hidden", whole.has(table.id));
    if (sorted.has(table.id)) sortTable(table);
  }

  function sortTable(table) {
    const how = sorted.get(table.id);
    const rows = [...table.tBodies[0].rows];
    for (const th of table.tHead.rows[0].cells) th.removeAttribute("aria-sort");
    if (how) {
      const cell = (row) => row.cells[how.column];
      const byNumber = rows.every((r) => cell(r).dataset.n !== undefined);
      rows.sort((a, b) => how.way * (byNumber ? cell(a).dataset.n - cell(b).dataset.n : cell(a).textContent.localeCompare(cell(b).textContent)));
      table.tHead.rows[0].cells[how.column].setAttribute("aria-sort", how.way > 0 ? "ascending" : "descending");
    } else rows.sort((a, b) => a.dataset.row - b.dataset.row);
    rows.forEach((r, n) => r.classList.toggle("beyond", n >= table.dataset.page));
    table.tBodies[0].append(...rows);
  }

  document.addEventListener("click", (e) => {
    const all = e.target.closest("[data-all]");
    if (all) {
      whole.add(all.dataset.all);
      arrange($(all.dataset.all));
      return;
    }
    const button = e.target.closest("[data-sort]");
    if (!button) return;
    const table = button.closest("table");
    const column = +button.dataset.sort;
    const was = sorted.get(table.id);
    sorted.set(table.id, { column, way: was?.column === column ? -was.way : 1 });
    sortTable(table);
    button.focus();
  });

  function drafts() {
    for (const e of document.querySelectorAll("[data-enter]")) {
      const text = sessionStorage.getItem(base + e.form.id);
      if (text && !e.value) e.value = text;
    }
  }

  // --- the modal is a real dialog: the browser holds the focus in it ---------

  const modal = $("modal");
  let openView = "";

  function showModal() {
    const form = modal.querySelector("form.modal");
    // A form that takes the place of "One moment" has the same id and another title.
    const id = form ? form.id + ($("modal-title")?.textContent ?? "") : "";
    if (!id) {
      openView = "";
      if (modal.open) modal.close();
      return;
    }
    if (!modal.open) modal.showModal();
    if (id === openView) return;
    openView = id;
    $("modal-say").textContent = "";
    const first = form.querySelector("[autofocus]") ??
      form.querySelector(".modal-body :is(input:not([type=hidden]),textarea,select,button)") ?? form.querySelector(".modal-foot button");
    first?.focus({ preventScroll: true });
    form.querySelector(".modal-body").scrollTop = 0;
  }
  const modalSay = document.createElement("p");
  modalSay.id = "modal-say";
  modalSay.className = "modal-say";
  modalSay.setAttribute("role", "status");
  modal.append(modalSay);
  modal.addEventListener("cancel", (e) => {
    e.preventDefault();
    $("modal-close")?.click();
  });

  // --- what has changed ------------------------------------------------------

  function apply(d) {
    for (const [name, part] of Object.entries(d.regions)) {
      $("r-" + name).dataset.sum = part.sum;
      swap(name, part.html);
    }
    document.title = d.title;
    drafts();
    showModal();
    restore();
    follow();
  }

  const address = (more) => {
    const sums = regions.map((r) => r + ":" + ($("r-" + r).dataset.sum ?? "")).join(",");
    return live + (live.includes("?") ? "&" : "?") + "h=" + sums + more;
  };

  let waiting = null;
  let generation = 0;
  let version = 0; // of the answer that is shown

  async function look(more, signal) {
    const g = generation;
    const res = await fetch(address(more), { signal, headers: { "X-Page": "1" } });
    if (!res.ok) throw new Error(res.status);
    const d = await res.json();
    await pointerUp();
    if (g === generation && d.version > version) {
      version = d.version;
      apply(d);
    }
    $("lost").hidden = true;
  }

  // While a button is held down nothing moves: if it went away from below the
  // pointer before it is let go, the browser would make no click of it.
  let held = null;
  const pointerUp = () => held?.promise;
  function letGo(one) {
    one?.resolve();
    if (held === one) held = null;
  }
  addEventListener("pointerdown", () => {
    letGo(held);
    const one = held = Promise.withResolvers();
    setTimeout(() => letGo(one), 2000); // whatever became of it
  }, true);
  for (const end of ["pointerup", "pointercancel"])
    addEventListener(end, () => {
      const one = held;
      setTimeout(() => letGo(one)); // the click comes first
    }, true);

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  async function loop() {
    for (;;) {
      if (document.hidden) await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
      waiting = new AbortController();
      try {
        await look("", waiting.signal);
      } catch (e) {
        if (e.name === "AbortError") continue;
        $("lost").hidden = false;
        await pause(1000);
      }
    }
  }

  // now fetches what is there at this moment.
  const now = () => look("&now=1").catch(() => { $("lost").hidden = false; });

  function go(href) {
    const to = new URL(href, location.href);
    if (to.pathname !== location.pathname || to.searchParams.get("c") === "home") {
      location.assign(to);
      return;
    }
    history.pushState(null, "", to);
    turn();
  }

  function turn() {
    const q = new URLSearchParams(location.search);
    if (sessionStorage.build) q.set("b", "1");
    else q.delete("b");
    live = base + "live?" + q;
    generation++;
    waiting?.abort();
    closeDrawer();
  }
  addEventListener("popstate", turn);

  function restore() {
    const f = $("follow");
    if (f && sessionStorage.follow === "0") { f.checked = false; f.dirty = true; }
  }

  // follow goes to whoever acts in the story.
  function follow() {
    const s = $("story");
    if (!s || s.dataset.running !== "true" || !s.dataset.who || !$("follow")?.checked) return;
    const there = root.dataset.root + "as/" + s.dataset.who + "/";
    if (there !== base) location.assign(there);
  }

  // --- what the person does --------------------------------------------------

  let quiet = 0;
  function say(text, bad) {
    const box = modal.open ? modalSay : $("toast");
    box.textContent = text;
    box.classList.toggle("bad", !!bad);
    box.setAttribute("role", bad ? "alert" : "status");
    clearTimeout(quiet);
    if (!bad) quiet = setTimeout(() => { box.textContent = ""; }, 8000);
  }

  function ask(q) {
    const box = $("confirm");
    $("confirm-title").textContent = q.title;
    $("confirm-text").innerHTML = q.text;
    $("confirm-yes").textContent = q.yes;
    $("confirm-no").textContent = q.no;
    $("confirm-yes").className = "button " + (q.danger ? "danger" : "primary");
    return new Promise((done) => {
      let yes = false;
      $("confirm-yes").onclick = () => { yes = true; box.close(); };
      $("confirm-no").onclick = () => box.close();
      box.onclose = () => done(yes);
      box.showModal();
      $("confirm-no").focus();
    });
  }

  // act sends a form as it is now. Each form does one thing after the other: a
  // click that comes while the one before is under way waits for its turn.
  const turns = new WeakMap();
  function act(form, button) {
    const body = new FormData(form, button);
    const to = button?.hasAttribute("formaction") ? button.formAction : form.action;
    const text = form.hasAttribute("data-clear") ? form.elements.text : null;
    const typed = text?.value;
    if (text) write(text, ""); // what is typed from now on is the next message
    turns.set(form, (turns.get(form) ?? Promise.resolve()).then(async () => {
      if (reachable(form, button) && !(await send(form, button, to, body)) && typed) write(text, text.value ? typed + "\n" + text.value : typed);
    }));
  }

  // A second click on what is gone by now, or lies below the form that the first
  // one opened, was meant for the first.
  function reachable(form, button) {
    if (form.hasAttribute("data-clear")) return true;
    const there = button ?? form;
    if (!there.isConnected && !$(there.id)) return false; // drawn again it is the same button
    return !modal.open || !form.closest(".log");
  }

  function write(text, words) {
    text.value = words;
    text.dirty = !!words;
    if (words) sessionStorage.setItem(base + text.form.id, words);
    else sessionStorage.removeItem(base + text.form.id);
    grow(text);
  }

  // send does what a form asks for, and tells whether that worked.
  async function send(form, button, to, body) {
    button?.setAttribute("aria-busy", "true");
    say("", false);
    try {
      let d = await post(to, body);
      if (d.confirm) {
        if (!(await ask(d.confirm))) return true;
        body.set("confirmed", "1");
        d = await post(to, body);
      }
      if (form.closest("#menu")) $("menu").close();
      const written = form.hasAttribute("data-clear") && !d.bad;
      if (written) for (const e of form.querySelectorAll("input[type=file]")) e.value = "";
      if (d.say) say(d.say, d.bad);
      await now();
      const log = written ? $(form.elements.thread ? "thread-log" : "log") : null;
      if (log) log.scrollTop = log.scrollHeight; // who has written wants to see it
      if (d.bad) modal.querySelector(".wrong :is(input:not([type=hidden]),textarea,select)")?.focus();
      return !d.bad;
    } catch {
      say("The demo does not answer. Is it still running?", true);
      return false;
    } finally {
      button?.removeAttribute("aria-busy");
    }
  }

  async function post(to, body) {
    const res = await fetch(to, { method: "POST", body, headers: { "X-Page": "1" } });
    if (!res.ok) throw new Error(res.status);
    return res.json();
  }

  document.addEventListener("submit", (e) => {
    if (e.target.method === "dialog") return;
    e.preventDefault();
    act(e.target, e.submitter);
  });

  document.addEventListener("input", (e) => {
    const t = e.target;
    if (t.type === "radio") for (const o of t.form?.elements[t.name] ?? [t]) o.dirty = true;
    t.dirty = true;
    if (t.hasAttribute("data-enter")) {
      sessionStorage.setItem(base + t.form.id, t.value);
      grow(t);
    }
    if (t.type === "search") {
      clearTimeout(t.soon);
      t.soon = setTimeout(() => t.form?.requestSubmit(t.closest(".seek").querySelector("button")), 300);
    }
    if (t.id === "follow") sessionStorage.follow = t.checked ? "1" : "0";
  });

  function grow(t) {
    if (!t?.classList.contains("grow")) return;
    t.style.height = "auto";
    t.style.height = Math.min(t.scrollHeight, 160) + "px";
  }

  // A choice that the app is to hear of at once. In a form it goes on its own, so
  // that it is in nobody's way.
  document.addEventListener("change", (e) => {
    const told = e.target.closest("[data-tells]")?.dataset.tells;
    if (told) post(told, new FormData(e.target.form)).catch(() => {}); // it comes again with the form
    for (const b of e.target.form?.querySelectorAll("[data-tell]") ?? [])
      if (e.target.id === b.dataset.tell || e.target.id.startsWith(b.dataset.tell + "-")) {
        e.target.form.requestSubmit(b);
        if (e.target.closest(".msg")) for (const o of e.target.options ?? []) o.selected = o.defaultSelected; // to be chosen again
      }
  });

  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && modal.open && !$("confirm").open && !$("menu").open) {
      e.preventDefault(); // left to itself, the browser sometimes closes a dialog without asking
      $("modal-close")?.click();
      return;
    }
    if (e.key === "Escape") closeDrawer();
    if (e.key === "Escape" && !document.querySelector("dialog[open]")) closePops(null);
    if (e.key !== "Enter" || e.isComposing || e.shiftKey) return;
    const t = e.target;
    if (t.hasAttribute?.("data-enter")) {
      e.preventDefault();
      t.form.requestSubmit(t.form.querySelector(":scope > button"));
    } else if (t.matches?.("form.modal input:not([type=checkbox],[type=radio],[type=file])")) {
      e.preventDefault();
      const main = t.closest(".seek")?.querySelector("button") ?? t.form.querySelector("[data-main]");
      if (main) t.form.requestSubmit(main);
    }
  });

  document.addEventListener("click", (e) => {
    const on = (selector) => e.target.closest?.(selector);
    closePops(e.target);
    const link = on("a[data-nav], .log a[href^='?']");
    if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
      e.preventDefault();
      $("menu").close();
      go(link.href);
    } else if (on("a[data-jump]")) {
      const there = $(on("a[data-jump]").getAttribute("href").slice(1));
      e.preventDefault();
      if (!there) say("The pinned message is further up: show older messages.", false);
      there?.scrollIntoView({ block: "start" });
      there?.classList.add("found");
    } else if (on("[data-menu]")) openMenu(on("[data-menu]").dataset.menu);
    else if (on("[data-copy]")) copy($(on("[data-copy]").dataset.copy));
    else if (on("[data-type]")) {
      const text = on("form").querySelector("textarea");
      text.value = on("[data-type]").dataset.type;
      text.dirty = true;
      text.focus();
      closePops(null);
    } else if (on("#theme")) {
      const dark = getComputedStyle(root).getPropertyValue("--dark").trim() === "1";
      root.dataset.theme = localStorage.theme = dark ? "light" : "dark";
      shade();
    } else if (on("#build-toggle")) {
      if (sessionStorage.build) sessionStorage.removeItem("build");
      else sessionStorage.build = "1";
      turn();
    } else if (on("#drawer")) {
      const open = !$("r-side").classList.contains("open");
      $("r-side").classList.toggle("open", open);
      $("drawer").setAttribute("aria-expanded", String(open));
      if (open) $("r-side").querySelector("summary")?.focus();
    } else if ($("r-side").classList.contains("open") && !on("#r-side")) closeDrawer();
  });

  function closePops(target) {
    for (const d of document.querySelectorAll("details.pop[open], details.overflow[open]")) if (!target || !d.contains(target)) d.open = false;
  }

  function closeDrawer() {
    if (!$("r-side").classList.contains("open")) return;
    $("r-side").classList.remove("open");
    $("drawer")?.setAttribute("aria-expanded", "false");
    if ($("r-side").contains(document.activeElement)) $("drawer")?.focus();
  }

  async function openMenu(query) {
    const res = await fetch(base + "menu?" + query, { headers: { "X-Page": "1" } });
    if (!res.ok) return say("That message is gone.", true);
    $("menu").innerHTML = await res.text();
    $("menu").showModal();
  }

  async function copy(text) {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      say("Copied.", false);
    } catch {
      say("It is selected: copy it with the keyboard.", false);
    }
  }

  // --- the beginning ----------------------------------------------------------

  const dim = matchMedia("(prefers-color-scheme: dark)");
  function shade() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : dim.matches;
    root.style.setProperty("--dark", dark ? "1" : "0");
  }
  if (localStorage.theme) root.dataset.theme = localStorage.theme;
  dim.addEventListener("change", shade);
  shade();
  drafts();
  restore();
  for (const l of document.querySelectorAll(".log")) l.scrollTop = l.scrollHeight;
  showModal();
  follow();
  if (sessionStorage.build) turn();
  loop();
})();
