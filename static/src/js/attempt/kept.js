// What is kept on this device until the server has it: words of attempts, and pieces of evidence with their files.
// Each entry names its person: on a shared device nobody is shown what another typed.
import { openDB } from "idb";

const opened = openDB("satchel", 1, {
  upgrade(db) {
    db.createObjectStore("words", { keyPath: "attempt" });
    db.createObjectStore("pieces", { keyPath: "key" }).createIndex("attempt", "attempt");
  },
});

export async function wordsOf(attempt, person) {
  const kept = await (await opened).get("words", attempt);
  return kept?.person === person ? kept : undefined;
}

export const keepWords = async (entry) => (await opened).put("words", entry);
export const dropWords = async (attempt) => (await opened).delete("words", attempt);

export async function piecesOf(attempt, person) {
  const kept = await (await opened).getAllFromIndex("pieces", "attempt", attempt);
  return kept.filter((piece) => piece.person === person).sort((one, other) => one.at - other.at);
}

/** What was begun in the panel of a submission and not added yet: an entry for each kind. */
export async function begunOf(page, person) {
  const kept = await (await opened).getAll("words");
  return kept.filter((entry) => entry.begun === page && entry.person === person);
}

/** Pieces of a submission that were made for another of its attempts, and never reached the server. */
export async function leftOf(page, person, attempt) {
  const kept = await (await opened).getAll("pieces");
  return kept.filter((piece) => piece.page === page && piece.person === person && piece.attempt !== attempt);
}

export const keepPiece = async (piece) => (await opened).put("pieces", piece);
export const dropPiece = async (key) => (await opened).delete("pieces", key);
