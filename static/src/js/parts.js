// A file sent in parts: begun, or gone on with where it broke off, and each part with its sum.

export class Refusal extends Error {
  constructor(status, words, wait = 0) {
    super(words);
    Object.assign(this, { status, wait });
  }
}

// One request, with how far it is; it ends by `signal`. Resolves with the JSON of the answer, or throws a Refusal; with
// status 0 when there was no answer at all.
export function ask(method, address, { body, headers = {}, token, signal, far } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (far) request.upload.addEventListener("progress", (event) => far(event.loaded));
    // No byte moved for so long: the line is dead, though nobody has said so.
    let still = setTimeout(() => request.abort(), 60_000);
    request.upload.addEventListener("progress", () => {
      clearTimeout(still);
      still = setTimeout(() => request.abort(), 60_000);
    });
    request.addEventListener("loadend", () => {
      clearTimeout(still);
      if (request.status >= 200 && request.status < 300) {
        resolve(request.responseText ? JSON.parse(request.responseText) : {});
        return;
      }
      let words = "";
      try {
        words = JSON.parse(request.responseText).errors.join(" ");
      } catch {
        // A page and not our JSON: the status has to do.
      }
      reject(new Refusal(request.status, words, 1000 * Number(request.getResponseHeader("Retry-After"))));
    });
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

async function digest(part) {
  if (!crypto.subtle) return {};
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
  return { "Content-Digest": `sha-256=:${btoa(String.fromCharCode(...sum))}:` };
}

// What this browser has begun, so that it can go on with it: address and file -> id of the upload.
export const kept = {
  key: (address, file) => `upload:${address}:${file.name}:${file.size}:${file.lastModified}`,
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // not allowed here: then it begins anew
    }
  },
  set(key, id) {
    try {
      if (id) localStorage.setItem(key, id);
      else localStorage.removeItem(key);
    } catch {
      // As above.
    }
  },
  all(address) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(`upload:${address}:`));
    } catch {
      return [];
    }
  },
};


/** What the server knows of this file: {id, part_size, parts: those that are there}. */
export async function begin(address, file, kind, token) {
  const key = kept.key(address, file);
  const before = kept.get(key);
  if (before) {
    try {
      const told = await ask("GET", `/uploads/${before}/`, { token });
      if (told.state === "receiving") return told;
    } catch (refusal) {
      if (refusal.status !== 404) throw refusal;
    }
    kept.set(key, "");
  }
  const body = JSON.stringify({ name: file.name, size: file.size, type: file.type, kind });
  const told = await ask("POST", address, { body, token, headers: { "Content-Type": "application/json" } });
  kept.set(key, told.id);
  return told;
}

/** Send what is not there yet; `far` hears how many bytes are. Ends early, without a word, when `signal` says so. */
export async function sendParts(told, file, { token, signal, far }) {
  const there = new Set(told.parts);
  const count = Math.ceil(file.size / told.part_size);
  const sizeOf = (number) => Math.min(told.part_size, file.size - (number - 1) * told.part_size);
  const arrived = () => [...there].reduce((sum, number) => sum + sizeOf(number), 0);
  far(arrived());
  for (let number = 1; number <= count; number += 1) {
    if (there.has(number)) continue;
    if (signal?.aborted) return;
    const at = (number - 1) * told.part_size;
    const part = file.slice(at, at + sizeOf(number));
    await ask("PUT", `/uploads/${told.id}/parts/${number}`, {
      body: part,
      token: token(),
      headers: { "Content-Type": "application/octet-stream", ...(await digest(part)) },
      signal,
      far: (loaded) => far(arrived() + Math.min(loaded, part.size)),
    });
    there.add(number);
    far(arrived());
  }
}
