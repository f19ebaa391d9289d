// What somebody likes, kept on their device alone. A browser that keeps nothing gives what is usual.
export function recall(name, usual) {
  try {
    return localStorage.getItem(`desk-${name}`) ?? usual;
  } catch {
    return usual;
  }
}

export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(`desk-${name}`);
    else localStorage.setItem(`desk-${name}`, value);
  } catch {
    // It holds for this page then.
  }
}
