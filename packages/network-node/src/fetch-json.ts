/** How long an answer may take, in milliseconds. */
const FETCH_LIMIT = 8000;

/** The longest answer that is read, in UTF-16 units. */
const MAX_ANSWER = 65_536;

/** Gets a JSON document. Rejects when it is none, too long, or not there. */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_LIMIT) });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.length > MAX_ANSWER) throw new Error("the answer is too long");
  }
  return JSON.parse(text);
}
