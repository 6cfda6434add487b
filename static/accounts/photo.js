// photo.js: a chosen picture before it is sent: decoded upright, previewed, turned by quarters, cropped, made a new JPEG.
// Everything is drawn on <canvas>: no blob: or data: address is needed, so the page's policy stays as narrow as it is.
// Gives window.portalPhoto = { open(file) → Promise<photo | null>, edit(photo, holder, words) }. null: the browser
// cannot show the file (a PDF, HEIC outside Apple's) or its canvas gives back other pixels than were drawn.
(() => {
  "use strict";
  const KEPT_SIDE = 3000, SHOWN_SIDE = 1200;  // px of the longer side: what the server keeps, what is drawn here
  const QUALITY = 0.92, LEAST_LEFT = 0.1, REACH = 28;  // of JPEG; share of a side that stays; px around an edge
  const EDGES = ["top", "right", "bottom", "left"];
  const nothing = () => ({ top: 0, right: 0, bottom: 0, left: 0 });

  // Browsers that blur canvases against fingerprinting would send noise instead of a licence: ask one pixel first.
  const isTrue = () => {
    const probe = Object.assign(document.createElement("canvas"), { width: 2, height: 1 }), pen = probe.getContext("2d");
    if (!pen) return false;
    pen.fillStyle = "rgb(12,200,77)";
    pen.fillRect(0, 0, 2, 1);
    return [12, 200, 77].every((value, index) => pen.getImageData(0, 0, 1, 1).data[index] === value);
  };

  const decode = (file) => createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => createImageBitmap(file));

  // Draw `source` (width × height) turned by quarters onto `target`, only what `crop` leaves, at most `side` px long.
  const paint = (source, width, height, turn, crop, target, side) => {
    const [across, down] = turn % 2 ? [height, width] : [width, height];
    const left = across * crop.left, top = down * crop.top;
    const wide = across * (1 - crop.left - crop.right), high = down * (1 - crop.top - crop.bottom);
    const scale = Math.min(1, side / Math.max(wide, high)), pen = target.getContext("2d");
    target.width = Math.max(1, Math.round(wide * scale));
    target.height = Math.max(1, Math.round(high * scale));
    pen.imageSmoothingQuality = "high";
    pen.fillStyle = "white";
    pen.fillRect(0, 0, target.width, target.height);
    pen.scale(scale, scale);
    pen.translate(-left, -top);
    if (turn === 1) pen.translate(across, 0);
    if (turn === 2) pen.translate(across, down);
    if (turn === 3) pen.translate(0, down);
    pen.rotate((turn * Math.PI) / 2);
    pen.drawImage(source, 0, 0, width, height);
    pen.setTransform(1, 0, 0, 1, 0, 0);
  };

  const open = async (file) => {
    if (!("createImageBitmap" in window) || /pdf/i.test(file.type) || !isTrue()) return null;
    const bitmap = await decode(file).catch(() => null);
    if (!bitmap) return null;
    const { width, height } = bitmap, shown = document.createElement("canvas");
    paint(bitmap, width, height, 0, nothing(), shown, SHOWN_SIDE);
    bitmap.close();
    const photo = {
      width, height, turn: 0, crop: nothing(),
      get isChanged() { return this.turn !== 0 || EDGES.some((edge) => this.crop[edge] > 0); },
      get isLarge() { return Math.max(width, height) > KEPT_SIDE; },
      quarter(way) {  // 1 to the right, -1 to the left; what was cropped turns along
        const { top, right, bottom, left } = this.crop;
        this.turn = (this.turn + way + 4) % 4;
        this.crop = way > 0 ? { top: left, right: top, bottom: right, left: bottom } : { top: right, right: bottom, bottom: left, left: top };
      },
      show(canvas, side, isWhole = false) {
        paint(shown, shown.width, shown.height, this.turn, isWhole ? nothing() : this.crop, canvas, side);
      },
      reset() { this.turn = 0; this.crop = nothing(); },
      async jpeg() {
        const full = await decode(file), made = document.createElement("canvas");
        paint(full, full.width, full.height, this.turn, this.crop, made, KEPT_SIDE);
        full.close();
        return new Promise((resolve, reject) => made.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no blob"))), "image/jpeg", QUALITY));
      },
    };
    return photo;
  };

  // What will be cut away lies in the dark; the frame is white within black, so that it shows on any picture.
  const frame = (stage, crop) => {
    const pen = stage.getContext("2d"), { width, height } = stage, line = Math.max(2, Math.round(Math.max(width, height) / 300));
    const box = [width * crop.left, height * crop.top, width * (1 - crop.left - crop.right), height * (1 - crop.top - crop.bottom)];
    pen.fillStyle = "rgba(0,0,0,.55)";
    pen.beginPath();
    pen.rect(0, 0, width, height);
    pen.rect(...box);
    pen.fill("evenodd");
    for (const [colour, thick] of [["black", 3 * line], ["white", line]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = thick;
      pen.strokeRect(...box);
    }
  };

  // The editor: `holder` is a copy of #photo-editor. Buttons and four sliders do everything; dragging moves the sliders.
  const edit = (photo, holder, { onChange, percent }) => {
    const stage = holder.querySelector("[data-stage]"), sliders = {}, shares = {};
    const limit = (edge, value) => {
      const other = photo.crop[EDGES[(EDGES.indexOf(edge) + 2) % 4]];
      return Math.min(Math.max(value, 0), Math.max(0, 1 - LEAST_LEFT - other));
    };
    const draw = () => {
      photo.show(stage, SHOWN_SIDE, true);
      frame(stage, photo.crop);
      EDGES.forEach((edge) => {
        const share = Math.round(100 * photo.crop[edge]);
        sliders[edge].value = share;
        sliders[edge].setAttribute("aria-valuetext", percent(share));
        shares[edge].textContent = share + "%";
      });
      onChange();
    };
    const set = (edge, value) => { photo.crop = { ...photo.crop, [edge]: limit(edge, value) }; };
    EDGES.forEach((edge) => {
      sliders[edge] = holder.querySelector(`[data-edge=${edge}]`);
      shares[edge] = holder.querySelector(`[data-share=${edge}]`);
      sliders[edge].addEventListener("input", () => { set(edge, sliders[edge].value / 100); draw(); });
    });
    const press = (name, act) => holder.querySelector(`[data-act=${name}]`).addEventListener("click", () => { act(); draw(); });
    press("left", () => photo.quarter(-1));
    press("right", () => photo.quarter(1));
    press("reset", () => photo.reset());
    drag(stage, photo, set, draw);
    draw();
    return draw;
  };

  // A finger near an edge or a corner takes it along; inside the frame it moves the frame.
  const drag = (stage, photo, set, draw) => {
    let held = null, last = null;
    const at = (event) => {
      const box = stage.getBoundingClientRect();
      return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height, reachX: REACH / box.width, reachY: REACH / box.height };
    };
    stage.addEventListener("pointerdown", (event) => {
      const { x, y, reachX, reachY } = at(event), { top, right, bottom, left } = photo.crop;
      const near = [Math.abs(y - top) < reachY && "top", Math.abs(x - 1 + right) < reachX && "right", Math.abs(y - 1 + bottom) < reachY && "bottom", Math.abs(x - left) < reachX && "left"];
      held = near.filter(Boolean);
      last = { x, y };
      stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", (event) => {
      if (!held) return;
      const { x, y } = at(event), was = photo.crop;
      const place = { top: y, right: 1 - x, bottom: 1 - y, left: x };
      if (held.length) held.forEach((edge) => set(edge, place[edge]));
      else {
        const dx = Math.min(Math.max(x - last.x, -was.left), was.right), dy = Math.min(Math.max(y - last.y, -was.top), was.bottom);
        photo.crop = { top: was.top + dy, right: was.right - dx, bottom: was.bottom - dy, left: was.left + dx };
      }
      last = { x, y };
      draw();
    });
    const drop = () => { held = null; };
    stage.addEventListener("pointerup", drop);
    stage.addEventListener("pointercancel", drop);
  };

  window.portalPhoto = { open, edit };
})();
