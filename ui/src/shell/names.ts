//! Names of topics and queues in the address. A queue may be called anything, `..` and `a/b%2F`
//! included, so a name is one opaque part of the path.

const MARK = "=";

export function toPath(name: string): string {
  // `~` and `.` are what the standard encoding leaves alone.
  const encoded = encodeURIComponent(name).replaceAll("~", "%7E").replaceAll(".", "%2E");
  return MARK + encoded.replaceAll("%", "~");
}

export function fromPath(part: string): string {
  const text = part.startsWith(MARK) ? part.slice(MARK.length) : part;
  try {
    return decodeURIComponent(text.replaceAll("~", "%"));
  } catch {
    return part;
  }
}
