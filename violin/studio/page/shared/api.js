// Requests to the server. Addresses are relative to the page, whose own address holds the token.

const ROOT = new URL(".", location.href);

export class StudioError extends Error {}

export function address(path) {
  return new URL(path, ROOT).href;
}

async function fetched(path, options = {}) {
  let response;
  try {
    response = await fetch(address(path), options);
  } catch {
    throw new StudioError("The studio does not answer. Is `violin studio` still running?");
  }
  if (response.ok) return response;
  const found = await response.json().catch(() => ({}));
  throw new StudioError(found.error ?? `The studio answered ${response.status}.`);
}

export const get = async (path) => (await fetched(path)).json();
export const text = async (path) => (await fetched(path)).text();

export async function post(path, values = {}) {
  const options = { method: "POST", body: JSON.stringify(values), headers: { "content-type": "application/json" } };
  return (await fetched(path, options)).json();
}

export async function upload(path, file) {
  return (await fetched(path, { method: "POST", body: file })).json();
}

// Server-sent events; `handlers` has a function for each name. The browser connects again by itself.
export function listen(path, handlers, onopen) {
  const source = new EventSource(address(path));
  for (const [name, handle] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  }
  source.addEventListener("open", onopen);
  return source;
}
