import { insertIntoHead, metaTag } from "@clayground/lan";

const OWN_META = /<meta\s[^>]*name\s*=\s*["']?clayground-signaling\b/i;

/** What a page gets besides its own. */
export interface Injection {
  /** An absolute `ws:` or `wss:` URL for `<meta name="clayground-signaling">`; a page that has its own keeps it. */
  readonly signalingUrl?: string | undefined;
  /** Whether the page reloads when files change. */
  readonly reload: boolean;
  /** Whether the page's errors are shown in the terminal. */
  readonly console: boolean;
}

/**
 * Adds to a page what the dev server offers, as early as HTML allows: where signaling is, so that `Network` finds it
 * without being told, and the scripts that tell of errors and reload. They are files of this server, so a strict
 * content security policy with `'self'` allows them.
 */
export function injectPage(html: Buffer, { signalingUrl, reload, console }: Injection): Buffer {
  return insertIntoHead(html, (text) =>
    [
      signalingUrl !== undefined && !OWN_META.test(text) ? metaTag("clayground-signaling", signalingUrl) : "",
      // It must run before the page's first script, to see its errors; reloading can wait.
      console ? `<script src="/clayground/console.js"></script>` : "",
      reload ? `<script async src="/clayground/reload.js"></script>` : "",
    ].join(""),
  );
}
