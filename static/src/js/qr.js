// Reads a QR code out of a picture or a frame of a film. Fetched only when there is something to read.
import decodeQR from "qr/decode.js";

/** What the code says; empty when none is found. `patient`: a picture, which is worth more tries than a frame. */
export function read(pixels, patient) {
  try {
    return decodeQR(pixels, patient ? { effort: Infinity, timeLimit: 3000 } : {});
  } catch {
    return "";
  }
}
