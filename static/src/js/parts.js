// A file sent in parts: begun, or gone on with where it broke off, and each part with its sum. Where files lie in a bucket,
// the parts go to it past our server, each to an address that our server has signed for this part alone.

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
    // Ours alone: nobody else is told who is signed in here.
    if (token) request.setRequestHeader("X-CSRFToken", token);
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

const JSON_TYPE = { "Content-Type": "application/json" };

/** The SHA-256 of a part; nothing where browsers have none, which is where pages come without TLS. */
async function digest(part) {
  if (!crypto.subtle) return null;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
}

function throughUs(address, part, sum, { token, signal, far }) {
  const headers = { "Content-Type": "application/octet-stream" };
  if (sum) headers["Content-Digest"] = `sha-256=:${btoa(String.fromCharCode(...sum))}:`;
  return ask("PUT", address, { body: part, token: token(), headers, signal, far });
}

// Whether the bucket took it. What it says of itself if not is for its operator; through us it may still go.
async function pastUs(address, part, sum, { token, signal, far }) {
  const body = JSON.stringify({ sha256: Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("") });
  const asking = () => ({ body, token: token(), headers: JSON_TYPE, signal });
  const { url, headers } = await ask("POST", `${address}/sign/`, asking());
  try {
    await ask("PUT", url, { body: part, headers, signal, far });
  } catch (refusal) {
    if (signal?.aborted) throw refusal;
    return false;
  }
  await ask("POST", `${address}/find/`, asking());
  return true;
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


/** What the server knows of this file: {id, part_size, past_us, parts: those that are there}. */
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
  const told = await ask("POST", address, { body, token, headers: JSON_TYPE });
  kept.set(key, told.id);
  return told;
}

/** Send what is not there yet; `far` hears how many bytes are. Ends early, without a word, when `signal` says so. */
export async function sendParts(told, file, { token, signal, far }) {
  const there = new Set(told.parts);
  const count = Math.ceil(file.size / told.part_size);
  const sizeOf = (number) => Math.min(told.part_size, file.size - (number - 1) * told.part_size);
  const arrived = () => [...there].reduce((sum, number) => sum + sizeOf(number), 0);
  let past = told.past_us;
  far(arrived());
  for (let number = 1; number <= count; number += 1) {
    if (there.has(number)) continue;
    if (signal?.aborted) return;
    const at = (number - 1) * told.part_size;
    const part = file.slice(at, at + sizeOf(number));
    const address = `/uploads/${told.id}/parts/${number}`;
    const sending = { token, signal, far: (loaded) => far(arrived() + Math.min(loaded, part.size)) };
    const sum = await digest(part);
    past = past && sum && (await pastUs(address, part, sum, sending));
    if (!past) await throughUs(address, part, sum, sending);
    there.add(number);
    far(arrived());
  }
}
