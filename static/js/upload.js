// upload.js: sends chosen files one by one, with progress in words and a new try after a lost connection.
// Without it the form is a plain multipart post. Contract, all inside <form data-upload data-max-bytes="…">:
//   input[type=file][name=files]; [data-upload-rows] (empty, the rows in progress); [data-upload-plain] (the button for a
//   browser without a script, hidden here); optional hidden idempotency_key (each file gets its own).
// [data-upload-region] anywhere in <main> holds what the server says of the files: it is replaced from each answer.
// Its [data-refusals] lists refusals, each [data-refusal]: they are kept through the answers of one batch. Words: #upload-words (partial).
(() => {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.FormData || !window.DOMParser) return;
  const input = form.querySelector("input[type=file]"), rows = form.querySelector("[data-upload-rows]");
  const said = document.getElementById("upload-words"), live = document.getElementById("live");
  if (!input || !rows || !said) return;
  const words = (name, values = {}) => (said.dataset[name] || "").replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  const most = Number(form.dataset.maxBytes) || Infinity;
  const RETRY_S = [2, 5, 10, 20, 30], queue = [];
  let busy = false, refusals = [];

  form.querySelectorAll("[data-upload-plain]").forEach((part) => { part.hidden = true; });
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  form.addEventListener("submit", (event) => {
    if (busy || queue.length) { event.preventDefault(); announce(words("wait")); }
  });
  addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });

  const announce = (text) => { if (live) live.textContent = text; };
  const megabytes = (bytes) => (bytes / 1048576).toFixed(1);

  function take(files) {
    if (!busy && !queue.length) refusals = [];
    for (const file of files) {
      const row = makeRow(file);
      if (file.size > most) refuse(row, words("large", { most: megabytes(most) }));
      else queue.push({ file, row, tries: 0, key: newKey() });
    }
    next();
  }

  function newKey() {
    return window.crypto && crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random();
  }

  function makeRow(file) {
    const row = document.createElement("li");
    row.className = "file";
    const id = "up-" + rows.childElementCount + "-" + Date.now();
    const name = Object.assign(document.createElement("div"), { className: "name", id, textContent: file.name });
    const cancel = Object.assign(document.createElement("button"), { type: "button", className: "btn slim plain", textContent: words("cancel") });
    const more = Object.assign(document.createElement("div"), { className: "more stack-s" });
    const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
    bar.setAttribute("aria-labelledby", id);
    const text = Object.assign(document.createElement("span"), { className: "small soft num", textContent: words("queued") });
    more.append(bar, text);
    row.append(name, cancel, more);
    rows.append(row);
    return { row, bar, text, cancel };
  }

  function refuse({ row, bar, text, cancel }, why) {
    row.classList.add("bad");
    bar.remove();
    text.className = "small";
    text.textContent = why;
    cancel.textContent = words("dismiss");
    cancel.onclick = () => row.remove();
    announce(why);
  }

  function next() {
    if (busy) return;
    const job = queue.shift();
    if (job) send(job);
  }

  function send(job) {
    busy = true;
    const { file, row } = job, request = new XMLHttpRequest();
    const data = new FormData(form);
    data.delete(input.name);
    data.append(input.name, file, file.name);
    if (data.has("idempotency_key")) data.set("idempotency_key", job.key);
    request.open("POST", form.action || location.href);
    request.upload.onprogress = (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((100 * event.loaded) / event.total);
      row.bar.value = percent;
      row.text.textContent = percent < 100
        ? words("progress", { percent, done: megabytes(event.loaded), total: megabytes(event.total) }) : words("checking");
    };
    request.onload = () => { busy = false; finish(job, request); };
    request.onerror = request.ontimeout = () => { busy = false; retry(job); };
    row.cancel.textContent = words("cancel");
    row.cancel.onclick = () => { busy = false; request.abort(); row.row.remove(); next(); };
    row.text.textContent = words("sending");
    request.send(data);
  }

  function retry(job) {
    const { row } = job, seconds = RETRY_S[Math.min(job.tries, RETRY_S.length - 1)];
    job.tries += 1;
    row.bar.removeAttribute("value");
    row.text.textContent = words("lost", { seconds });
    announce(row.text.textContent);
    const again = () => { clearTimeout(timer); removeEventListener("online", again); queue.unshift(job); next(); };
    const timer = setTimeout(again, seconds * 1000);
    addEventListener("online", again);
    row.cancel.textContent = words("again");
    row.cancel.onclick = again;
  }

  function finish(job, request) {
    const here = new URL(request.responseURL || location.href);
    if (request.status < 400 && here.pathname !== location.pathname) { location.assign(here.href); return; }
    const page = new DOMParser().parseFromString(request.responseText || "", "text/html");
    const fresh = page.querySelector("[data-upload-region]"), shown = document.querySelector("[data-upload-region]");
    if (!fresh || !shown || (request.status >= 400 && ![409, 422, 503, 507].includes(request.status))) {
      const known = { 413: "large", 403: "expired", 429: "often" }[request.status] || "failed";
      refuse(job.row, words(known, { most: megabytes(most) }));
    } else {
      job.row.row.remove();
      refusals.push(...[...fresh.querySelectorAll("[data-refusals] > [data-refusal]")].map((node) => node.outerHTML));
      shown.replaceChildren(...document.adoptNode(fresh).childNodes);
      keepRefusals(shown);
      const token = page.querySelector("input[name=csrfmiddlewaretoken]"), mine = form.querySelector("input[name=csrfmiddlewaretoken]");
      if (token && mine) mine.value = token.value;
      announce(request.status === 200 ? words("done", { name: job.file.name }) : (shown.querySelector("[data-refusal]") || shown).textContent.trim().slice(0, 200));
    }
    next();
  }

  function keepRefusals(shown) {
    const list = shown.querySelector("[data-refusals]");
    if (!list) return;
    const holder = document.createElement("template");
    holder.innerHTML = [...new Set(refusals)].join("");
    list.replaceChildren(holder.content);
  }
})();
