// A photograph or a recording that is made here goes into the file field, as if it had been chosen.

// Browsers differ in what they write; the first that this one can is taken.
const TYPES = {
  audio: ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"],
  video: ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/mp4"],
};
const ENDINGS = { "audio/webm": "weba", "audio/mp4": "m4a", "audio/ogg": "ogg", "video/webm": "webm", "video/mp4": "mp4" };
const ASKED = {
  photo: { video: { facingMode: "environment", width: { ideal: 1920 } } },
  audio: { audio: true },
  video: { video: { facingMode: "environment", width: { ideal: 1280 } }, audio: true },
};

for (const box of document.querySelectorAll("[data-record]")) start(box);

function start(box) {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
  const field = box.closest("form").querySelector("input[type=file]");
  const part = (name) => box.querySelector(`[data-${name}]`);
  const live = part("live");
  const line = part("recorded");
  let stream;
  let recording;
  let clock = 0;
  box.hidden = false;

  const show = (...names) => {
    const wanted = new Set(names);
    for (const name of ["shoot", "end", "off"]) part(name).hidden = !wanted.has(name);
    for (const button of box.querySelectorAll("[data-start]")) button.disabled = wanted.size > 0;
    live.hidden = !wanted.has("live");
  };
  const stop = () => {
    clearInterval(clock);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    live.srcObject = null;
    show();
  };
  const give = (blob, ending) => {
    const now = new Date();
    const stamp = new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace(/[T:]/g, "-");
    const file = new File([blob], `recorded-${stamp}.${ending}`, { type: blob.type.split(";")[0] });
    const chosen = new DataTransfer();
    chosen.items.add(file);
    field.files = chosen.files;
    // Nobody can choose it once more.
    field.dataset.made = file.name;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    preview(part("result"), file);
    line.textContent = box.dataset.made;
    box.dispatchEvent(new Event("satchel:made", { bubbles: true }));
  };

  async function begin(what) {
    part("result").replaceChildren();
    try {
      stream = await navigator.mediaDevices.getUserMedia(ASKED[what]);
    } catch {
      line.textContent = box.dataset.denied;
      return;
    }
    if (what !== "audio") {
      live.srcObject = stream;
      await live.play();
    }
    if (what === "photo") {
      line.textContent = "";
      show("live", "shoot", "off");
      part("shoot").focus();
      return;
    }
    const mimeType = TYPES[what].find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    const parts = [];
    let kept = true;
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      const type = recorder.mimeType || mimeType;
      recording = undefined;
      box.removeAttribute("data-live-now");
      stop();
      if (kept) give(new Blob(parts, { type }), ENDINGS[type.split(";")[0]] ?? "webm");
      else line.textContent = "";
    });
    part("end").onclick = () => recorder.stop();
    part("off").onclick = () => {
      kept = false;
      recorder.stop();
    };
    recording = recorder;
    box.setAttribute("data-live-now", "");
    recorder.start(1000);
    const since = Date.now();
    const tell = () => {
      const seconds = Math.floor((Date.now() - since) / 1000);
      line.textContent = `${box.dataset.recording} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    };
    tell();
    clock = setInterval(tell, 1000);
    show("end", "off", ...(what === "video" ? ["live"] : []));
    part("end").focus();
  }

  for (const button of box.querySelectorAll("[data-start]")) {
    button.addEventListener("click", () => begin(button.dataset.start));
  }
  part("shoot").addEventListener("click", () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: live.videoWidth, height: live.videoHeight });
    canvas.getContext("2d").drawImage(live, 0, 0);
    canvas.toBlob((blob) => {
      stop();
      give(blob, "jpg");
    }, "image/jpeg", 0.9);
  });
  part("off").onclick = stop;
  addEventListener("beforeunload", (event) => {
    if (recording) event.preventDefault();
  });
  box.addEventListener("satchel:off", () => {
    // What was said until then is kept.
    if (recording) return recording.stop();
    stop();
    line.textContent = "";
    part("result").replaceChildren();
  });
}

function preview(place, file) {
  const [kind] = file.type.split("/");
  const src = URL.createObjectURL(file);
  const shown = document.createElement(kind === "image" ? "img" : kind);
  Object.assign(shown, kind === "image" ? { src, alt: "" } : { src, controls: true });
  place.replaceChildren(shown);
}
