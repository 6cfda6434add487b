// upload.js: chosen files wait on the page, can be looked at, turned and cropped (static/accounts/photo.js), and are
// sent one by one when asked, with progress in words. A lost connection keeps them: they go again by themselves, or by a
// button, under the same number, so that nothing is stored twice. Without it the form is a plain multipart post.
// Contract: form[data-upload][data-max-bytes] holds input[name=files], [data-upload-rows] (empty), buttons that submit
// (name=decision sends the case once every file is there); outside it [data-upload-region] holds what the server says
// and is replaced from each answer. Rows are copies of #picked-row and #photo-editor; words are in #upload-words.
(() => {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.FormData || !window.DOMParser) return;
  const input = form.querySelector("input[type=file]"), rows = form.querySelector("[data-upload-rows]");
  const said = document.getElementById("upload-words"), live = document.getElementById("live");
  const blank = document.getElementById("picked-row"), editor = document.getElementById("photo-editor");
  if (!input || !rows || !said || !blank || !editor) return;

  const MB = 1048576, WORTH_SHRINKING = 2 * MB, SILENCE_MS = 45000, RETRY_S = [2, 5, 10, 20, 30];
  const most = Number(form.dataset.maxBytes) || Infinity;
  const words = (name, values = {}) => (said.dataset[name] || "").replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  const announce = (text) => { if (live) live.textContent = text; };
  const megabytes = (bytes) => Math.max(bytes / MB, 0.1).toFixed(1);
  const token = () => (document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/) || [])[1];
  const region = () => document.querySelector("[data-upload-region]");
  const offline = form.querySelector("[data-upload-offline]"), login = form.querySelector("[data-upload-login]");
  const button = form.querySelector("[data-upload-plain] button"), whole = document.querySelector("button[name=decision][form]");

  // A job is a chosen file: picked → waiting → sending → gone (the region has it), or lost, stuck (a button sends it
  // again) or refused (it stays named with the reason).
  let jobs = [], sender = null, isSending = false, refusals = [], submitter = null;
  const unsent = () => jobs.filter((job) => job.state !== "refused");

  input.addEventListener("change", () => { const files = [...input.files]; input.value = ""; take(files); });
  form.addEventListener("submit", (event) => {
    if (!unsent().length) return;
    event.preventDefault();
    submitter = event.submitter && event.submitter.name === "decision" ? event.submitter : null;
    if (!isSending) refusals = [];
    isSending = true;
    jobs.forEach((job) => { if (["picked", "stuck", "lost"].includes(job.state)) wait(job); });
    next();
  });
  addEventListener("beforeunload", (event) => { if (unsent().length) { event.preventDefault(); event.returnValue = ""; } });
  addEventListener("offline", () => { offline.hidden = false; });
  addEventListener("online", () => { offline.hidden = true; resume(["lost"]); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !login.hidden) resume(["stuck"]); });
  offline.hidden = navigator.onLine;
  form.classList.add("live");
  button.classList.add("main");
  button.parentElement.hidden = true;

  const drop = form.querySelector(".drop");
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    if (event.target === input || !event.dataTransfer.files.length) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  const camera = form.querySelector("[data-camera]");
  if (camera && matchMedia("(pointer: coarse)").matches) {
    camera.hidden = false;
    camera.addEventListener("click", () => {  // the one input, asked for the camera this once
      const accept = input.accept;
      Object.assign(input, { accept: "image/*", multiple: false });
      input.setAttribute("capture", "environment");
      input.click();
      input.removeAttribute("capture");
      Object.assign(input, { accept, multiple: true });
    });
  }

  function resume(states) {
    login.hidden = true;
    jobs.forEach((job) => { if (states.includes(job.state)) wait(job); });
    next();
  }

  function newKey() {
    return window.crypto && crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random();
  }

  // All are listed at once, then decoded one after the other: a phone's memory holds few photographs.
  async function take(files) {
    const taken = files.map((file) => {
      const job = { file, photo: null, body: null, state: "picked", key: newKey(), tries: 0, timer: 0, request: null };
      job.row = makeRow(job);
      jobs.push(job);
      return job;
    });
    showButton();
    if (taken.length) announce(words("picked", { count: unsent().length }));
    for (const job of taken) {
      job.ready = look(job);
      await job.ready;
    }
  }

  async function look(job) {
    if (window.portalPhoto) job.photo = await portalPhoto.open(job.file).catch(() => null);
    if (job.state === "picked" && jobs.includes(job)) present(job);
  }

  function makeRow(job) {
    const row = blank.content.firstElementChild.cloneNode(true), part = (name) => row.querySelector(`[data-${name}]`);
    row.querySelectorAll("[data-name]").forEach((place) => { place.textContent = job.file.name; });
    const made = { row, state: part("state"), bar: part("bar"), tools: part("tools"), open: part("open"), remove: part("remove"), again: part("again"), thumb: part("thumb"), place: part("place") };
    const name = row.querySelector(".name");
    name.id = "up-" + job.key;
    made.bar.setAttribute("aria-labelledby", name.id);
    made.thumb.setAttribute("aria-label", words("preview", { name: job.file.name }));
    made.remove.onclick = () => leave(job);
    made.again.onclick = () => { wait(job); next(); };
    part("turn").onclick = () => {
      job.photo.quarter(1);
      (job.redraw || (() => changed(job)))();
      announce(words("turned", { name: job.file.name }));
    };
    made.open.onclick = () => toggleEditor(job);
    rows.append(row);
    return made;
  }

  // What is seen of a file before it is sent. One the server would refuse by its size alone is refused here.
  function present(job) {
    const { row, file, photo } = job;
    if (photo) {
      row.thumb.hidden = row.tools.hidden = false;
      changed(job);
    } else if (file.size > most) refuse(job, words("large", { most: megabytes(most) }));
    else row.state.textContent = words("ready", { size: megabytes(file.size) });
  }

  function changed(job) {
    job.body = null;
    job.key = newKey();
    job.photo.show(job.row.thumb, 320);
    job.row.state.textContent = words(job.photo.isChanged ? "changed" : "ready", { size: megabytes(job.file.size) });
  }

  function toggleEditor(job, isOpen = job.row.open.getAttribute("aria-expanded") !== "true") {
    const { place, open } = job.row;
    open.setAttribute("aria-expanded", String(isOpen));
    place.replaceChildren();
    job.redraw = null;
    if (!isOpen) return;
    const copy = editor.content.firstElementChild.cloneNode(true);
    place.append(copy);
    job.redraw = portalPhoto.edit(job.photo, copy, {
      percent: (share) => words("share", { percent: share }),
      onChange: () => changed(job),
    });
    copy.querySelector("[data-act=done]").onclick = () => { toggleEditor(job, false); open.focus(); };
    copy.querySelector("input").focus({ preventScroll: true });
    copy.scrollIntoView({ block: "nearest" });
  }

  // One main button at a time: send what was chosen, and when nothing waits, send the case.
  function showButton() {
    const count = jobs.filter((job) => ["picked", "stuck", "lost"].includes(job.state)).length;
    button.parentElement.hidden = !count;
    if (count) button.textContent = words("send", { count });
    if (whole) whole.classList.toggle("main", !unsent().length);
  }

  function forget(job) {
    clearTimeout(job.timer);
    jobs = jobs.filter((other) => other !== job);
    job.row.row.remove();
    showButton();
  }

  function leave(job) {
    const after = job.row.row.nextElementSibling;
    if (sender === job) sender = null;
    if (job.request) job.request.abort();
    forget(job);
    (after ? after.querySelector("[data-remove]") : input).focus();
    next();
  }

  function wait(job) {
    clearTimeout(job.timer);
    job.state = "waiting";
    job.row.again.hidden = true;
    toggleEditor(job, false);
    job.row.tools.hidden = true;
    job.row.state.textContent = words("queued");
  }

  function next() {
    showButton();
    const waiting = jobs.filter((job) => job.state === "waiting");
    if (sender) return;
    if (waiting.length && !navigator.onLine) waiting.forEach(lose);
    else if (waiting.length) send(waiting[0]);
    else if (!unsent().length && isSending) end();
  }

  // Everything was answered: the case goes on if that was asked for, or what was refused gets the focus; whoever stood on
  // the button that has gone stands at the list of what is there now.
  function end() {
    const now = document.activeElement, isLost = !now || now === document.body || !now.checkVisibility();
    const press = submitter, first = document.querySelector("li[data-refusal]") || form.querySelector("li.bad");
    isSending = false;
    submitter = null;
    if (!refusals.length && press) press.click();
    else if (refusals.length && first) { first.setAttribute("tabindex", "-1"); first.focus(); }
    else if (isLost) { const heading = region().querySelector("h2"); heading.setAttribute("tabindex", "-1"); heading.focus(); }
  }

  // The picture as changed, or made smaller where the server would do the same; everything else as it is.
  async function bodyOf(job) {
    const { file, photo } = job;
    const isOther = photo && !/^image\/(jpeg|png)$/.test(file.type);
    if (!photo || !(photo.isChanged || isOther || file.size > most || (photo.isLarge && file.size > WORTH_SHRINKING))) return file;
    const stem = file.name.replace(/\.[^.]*$/, "") || "photo";
    return new File([await photo.jpeg()], stem + ".jpg", { type: "image/jpeg" });
  }

  async function send(job) {
    sender = job;
    job.state = "sending";
    const { row } = job;
    row.bar.hidden = false;
    row.bar.removeAttribute("value");
    row.state.textContent = words("sending");
    await (job.ready || look(job));
    job.body = job.body || await bodyOf(job).catch(() => job.file);
    if (sender !== job) return;  // taken away meanwhile
    const request = job.request = new XMLHttpRequest(), data = new FormData(form);
    data.delete(input.name);
    data.append(input.name, job.body, job.body.name);
    data.set("idempotency_key", job.key);
    if (token()) data.set("csrfmiddlewaretoken", token());
    let silence = 0;
    const alive = () => { clearTimeout(silence); silence = setTimeout(() => request.abort(), SILENCE_MS); };
    const done = (act) => { clearTimeout(silence); if (sender === job) { sender = null; job.request = null; act(); next(); } };
    request.open("POST", form.action || location.href);
    request.upload.onprogress = (event) => {
      alive();
      if (!event.lengthComputable) return;
      const percent = Math.floor((100 * event.loaded) / event.total);
      row.bar.value = percent;
      row.state.textContent = percent < 100
        ? words("progress", { percent, done: megabytes(event.loaded), total: megabytes(event.total) }) : words("checking");
    };
    request.onload = () => done(() => finish(job, request));
    request.onerror = request.onabort = () => done(() => lose(job));  // also where the browser itself gave up
    alive();
    request.send(data);
  }

  // No answer came: whether the file arrived is not known, and its number makes it the same to send it again.
  function lose(job) {
    job.state = "lost";
    offline.hidden = navigator.onLine;
    if (!navigator.onLine) { hold(job, words("offline")); return; }
    const seconds = RETRY_S[Math.min(job.tries, RETRY_S.length - 1)];
    job.tries += 1;
    hold(job, words("lost", { seconds }));
    job.timer = setTimeout(() => { if (job.state === "lost") { wait(job); next(); } }, seconds * 1000);
  }

  function hold(job, text) {
    const { bar, state, again } = job.row;
    bar.hidden = true;
    again.hidden = false;
    state.textContent = text;
    announce(text);
  }

  function stick(job, text) {
    job.state = "stuck";
    submitter = null;
    hold(job, text);
  }

  function refuse(job, why) {
    job.state = "refused";
    const { row, bar, tools, again, state } = job.row;
    row.classList.add("bad");
    bar.hidden = tools.hidden = again.hidden = true;
    state.className = "small";
    state.textContent = why;
    refusals.push("");
    announce(why);
  }

  function finish(job, request) {
    const { status } = request, here = new URL(request.responseURL || location.href);
    if (status < 400 && here.pathname.startsWith("/accounts/")) {  // signed out meanwhile: nobody leaves the page, the file least
      login.hidden = false;
      return stick(job, words("login"));
    }
    if (status < 400 && here.pathname !== location.pathname) { jobs = []; location.assign(here.href); return undefined; }
    const page = new DOMParser().parseFromString(request.responseText || "", "text/html");
    const fresh = page.querySelector("[data-upload-region]");
    if (fresh && (status < 400 || [409, 422, 503, 507].includes(status))) return settle(job, fresh, status);
    if (status === 413) return refuse(job, words("large", { most: megabytes(most) }));
    if (status === 403) return stick(job, words("expired"));
    if (status === 429) return stick(job, words("often"));
    if (status >= 500 && job.tries < RETRY_S.length) return lose(job);
    return status >= 500 ? stick(job, words("failed")) : refuse(job, words("failed"));
  }

  // The answer's list replaces the one shown; refusals of this sending are kept in it, and the newest gets the focus.
  function settle(job, fresh, status) {
    const trouble = fresh.querySelector("[data-error-summary]");
    const named = [...fresh.querySelectorAll("[data-refusals] > [data-refusal]")];
    refusals.push(...named.map((node) => node.outerHTML));
    const shown = region();
    shown.replaceChildren(...document.adoptNode(fresh).childNodes);
    const list = shown.querySelector("[data-refusals]"), holder = document.createElement("template");
    holder.innerHTML = [...new Set(refusals)].join("");
    if (list) list.replaceChildren(holder.content);
    if (status < 400) {
      forget(job);
      announce(words("done", { name: job.file.name }));
    } else if (named.length) {
      forget(job);
      submitter = null;
      announce(named.map((node) => node.textContent.trim()).join(" "));
    } else if (status >= 500) stick(job, trouble ? trouble.textContent.trim() : words("failed"));
    else { submitter = null; refuse(job, trouble ? trouble.textContent.trim() : words("failed")); }
  }

  // While files wait here, one that is taken out of the draft does not turn the page under them.
  document.addEventListener("submit", async (event) => {
    const place = event.target.closest("[data-upload-region]");
    if (!place || !unsent().length || event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(event.target);
    if (token()) data.set("csrfmiddlewaretoken", token());
    const answer = await fetch(event.target.action, { method: "POST", body: data }).catch(() => null);
    const page = answer && answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const fresh = page && page.querySelector("[data-upload-region]");
    if (!fresh) { announce(document.body.dataset.offline); return; }
    region().replaceChildren(...document.adoptNode(fresh).childNodes);
    const heading = region().querySelector("h2");
    heading.setAttribute("tabindex", "-1");
    heading.focus();
  }, true);
})();
