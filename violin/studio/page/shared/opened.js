// What a page has open: its identifier is in the address, so reloading opens it again.

export const openedId = (kind) => new URLSearchParams(location.search).get(kind);

export function setOpened(kind, id, title) {
  history.replaceState(null, "", `?${kind}=${id}`);
  if (title) document.title = `${title} · Violin studio`;
}
